// The prose editor over <textarea data-prose>: only the markup that body.py keeps.

import {
  Blockquote,
  Bold,
  BulletList,
  Caption,
  Document,
  Editor,
  Figure,
  HardBreak,
  Heading,
  History,
  Image,
  Italic,
  Link,
  ListItem,
  Menu,
  OrderedList,
  Paragraph,
  SpecialCharacters,
  Subscript,
  Superscript,
  Text,
  updateAttrsDialog,
} from "../../django_prose_editor/editor.js";
import { cleanPaste } from "./paste.js";
import { choosePhoto } from "./photo_window.js";
import { makeToolbar } from "./toolbar.js";

const GROUPS = [
  { group: "headings" },
  { group: "marks" },
  { group: "link" },
  { group: "lists" },
  { group: "nodes -blockType -lists" },
  { group: "history" },
];

// The packaged dialog also asks for a title and a target, which body.py drops.
const linkWith = (words) =>
  Link.extend({
    addCommands() {
      return {
        ...this.parent?.(),
        addLink: () => ({ editor }) => {
          const ask = updateAttrsDialog(
            { href: { type: "string", title: words.href } },
            { title: words.link, submitText: words.setLink },
          );
          ask(editor, editor.getAttributes("link")).then((answer) => {
            if (!answer) return;
            const chain = editor.chain().focus().extendMarkRange("link");
            const href = answer.href.trim();
            if (href) chain.setLink({ href: withScheme(href) }).run();
            else chain.unsetLink().run();
          });
        },
      };
    },
  }).configure({ autolink: false, enableTarget: false });

// The packaged dialog takes the address of any picture; ours come from the library only. What the
// text keeps of one is its key: the address of its thumbnail is made of it.
const photos = ({ picker, thumbnails }, words) => [
  Image,
  Caption,
  Figure.extend({
    addExtensions: () => [],
    addCommands() {
      return {
        editImage: () => ({ editor, dispatch }) => {
          if (dispatch) choosePhoto(picker, (photo) => insertPhoto(editor, photo, thumbnails, words));
          return true;
        },
        insertFigure: () => ({ commands }) => commands.editImage(),
      };
    },
  }),
];

function insertPhoto(editor, { key, alt, caption }, thumbnails, words) {
  const attrs = { src: thumbnailOf(key, thumbnails), alt: alt || words.figure, file: key };
  const text = caption ? [{ type: "text", text: caption }] : [];
  const content = [
    { type: "image", attrs },
    { type: "caption", content: text },
  ];
  editor.chain().focus().insertContent({ type: "figure", content }).run();
}

function thumbnailOf(key, thumbnails) {
  return thumbnails.replace("00000000-0000-0000-0000-000000000000", key);
}

function withThumbnails(html, thumbnails, words) {
  return html.replace(
    /<img data-file="([0-9a-f-]{36})">/g,
    (_image, key) => `<img src="${thumbnailOf(key, thumbnails)}" alt="${words.figure}" data-file="${key}">`,
  );
}

function withScheme(href) {
  return /^([a-z]+:|\/|#)/i.test(href) ? href : `https://${href}`;
}

function edit(textarea) {
  const words = JSON.parse(textarea.dataset.prose);
  const label = textarea.labels[0];
  const element = document.createElement("div");
  element.className = "prose-editor";
  textarea.before(element);
  element.append(textarea);
  const editor = new Editor({
    element,
    // The policy refuses style elements: desk.css has these rules.
    injectCSS: false,
    content: withThumbnails(textarea.value, textarea.dataset.thumbnails ?? "", words),
    extensions: [
      Document,
      Paragraph,
      Text,
      HardBreak,
      Heading.configure({ levels: [2, 3] }),
      Bold,
      Italic,
      Superscript,
      Subscript,
      Blockquote,
      BulletList,
      OrderedList.configure({ enableListAttributes: false }),
      ListItem,
      linkWith(words),
      ...(textarea.dataset.thumbnails ? photos(textarea.dataset, words) : []),
      History,
      SpecialCharacters,
      Menu.configure({ groups: GROUPS }),
    ],
    editorProps: {
      transformPastedHTML: cleanPaste,
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label?.textContent ?? "",
      },
    },
    onUpdate() {
      textarea.value = editor.isEmpty ? "" : editor.getHTML();
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  label?.addEventListener("click", () => editor.commands.focus());
  editor.on("create", () => makeToolbar(editor, words));
}

document.querySelectorAll("textarea[data-prose]").forEach(edit);
