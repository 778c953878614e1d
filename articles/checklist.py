"""What stands against a publication, each a sentence for a person: faults refuse, advice doesn't.

Nothing here reads the database: what is asked of it is given.
"""

import re
from typing import NamedTuple

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from .body import count_signs
from .dates import moment_in_words, to_local
from .models import Article, Meaning
from .models.revision import photo_uses
from .timeline import INHERIT, REBUILD
from .typography import looks_alike, propose, propose_html

# Search engines and phones cut longer headlines.
LONGEST_HEADLINE = 110
# From this length on a text without crossheads is a wall.
LONGEST_WITHOUT_CROSSHEAD = 3000
# What typography is proposed for, and by what.
PROPOSALS = {
    "kicker": propose,
    "headline": propose,
    "standfirst": propose,
    "body": propose_html,
}


class Remark(NamedTuple):
    """One thing about a text; *field* is the name of the form's field that it is about."""

    field: str
    text: str
    is_blocking: bool = False
    # The whole text of the field as typography would have it, or None.
    proposal: str | None = None


def shown_time(instant):
    return moment_in_words(to_local(instant))


def faults_of_revision(newest, number):
    """Return why the revision *number* can't be what readers get."""
    if newest is None:
        return [_("Enregistrez l’article avant de le publier.")]
    if newest.number != number:
        return [
            _("%(who)s a enregistré une version plus récente le %(time)s : relisez-la d’abord.")
            % {
                "who": newest.created_by_name or _("Un import"),
                "time": shown_time(newest.created_at),
            }
        ]
    return []


def faults_of_text(article, newest, start, photos):
    """Return what the text and its *photos* lack to be shown from *start*."""
    typed = newest.snapshot if newest else {"headline": "", "section": None, "body": ""}
    return [remark.text for remark in what_blocks(article, typed, start, photos)]


def what_blocks(article, typed, start, photos):
    """Return the Remarks that forbid to show *typed*, a snapshot of *article*, from *start*.

    *photos* are the Photos that it names, by key.
    """
    found = []
    if article.status == Article.Status.DROPPED:
        found.append(("status", _("Cet article est abandonné.")))
    if article.status == Article.Status.TRASHED:
        found.append(("status", _("Cet article est à la corbeille.")))
    if not typed["headline"].strip():
        found.append(("headline", _("Il manque le titre.")))
    if not typed["section"]:
        found.append(("section", _("Il manque la rubrique.")))
    if article.embargo_until and start < article.embargo_until:
        time = {"time": shown_time(article.embargo_until)}
        found.append(("at", _("L’article est sous embargo jusqu’au %(time)s.") % time))
    found += [("photos", text) for text in faults_of_photos(typed, start, photos)]
    return [Remark(field, text, is_blocking=True) for field, text in found]


def faults_of_photos(typed, start, photos):
    """Return what forbids to show the photos of the snapshot *typed* from *start* (E15)."""
    faults, leads = [], [p for p in typed.get("photos", []) if p["role"] == "lead"]
    if len(leads) > 1:
        faults.append(_("Il y a plusieurs photos principales : gardez-en une."))
    return faults + faults_of_uses(photo_uses(typed), start, photos)


def faults_of_uses(uses, start, photos):
    """Return what forbids to show photos, used as {"photo": its key, "alt"}, from *start* (E15)."""
    faults = []
    for use in uses:
        if (photo := photos.get(use["photo"])) is None:
            faults.append(_("Une photo n’est plus dans la photothèque : retirez-la."))
            continue
        name = {"photo": shortened(photo)}
        if photo.removed_at:
            faults.append(_("La photo « %(photo)s » est retirée du site.") % name)
        elif photo.rights_until and photo.rights_until <= start:
            end = name | {"time": shown_time(photo.rights_until)}
            faults.append(_("Les droits de « %(photo)s » finissent avant, le %(time)s.") % end)
        if not (use["alt"].strip() or photo.is_decorative or photo.alt.strip()):
            text = _(
                "La photo « %(photo)s » n’est pas décrite : décrivez-la ou dites-la décorative."
            )
            faults.append(text % name)
        if not photo.credit.strip():
            faults.append(_("La photo « %(photo)s » n’a pas de crédit.") % name)
    return list(dict.fromkeys(faults))


def shortened(photo):
    return Truncator(str(photo)).chars(50)


def advice_on_photos(typed, photos):
    """Return what an editor should know of the photos of *typed* before it is shown."""
    return advice_on_uses(photo_uses(typed), photos)


def advice_on_uses(uses, photos):
    told = []
    for use in uses:
        photo = photos.get(use["photo"])
        if photo is None or photo.removed_at:
            continue
        if photo.rights_until:
            what = {"photo": shortened(photo), "time": shown_time(photo.rights_until)}
            told.append(_("La photo « %(photo)s » quittera le site le %(time)s.") % what)
        if not photo.renditions.all():
            what = {"photo": shortened(photo)}
            told.append(
                _("La photo « %(photo)s » se prépare : d’ici là, elle ne paraît pas.") % what
            )
    return list(dict.fromkeys(told))


def advice_on(typed, photos, dead=()):
    """Return the Remarks on the snapshot *typed*; *dead* are paths of links that don't answer."""
    found, is_brief = [], not typed["body"]
    if len(typed["headline"]) > LONGEST_HEADLINE:
        text = _("Le titre a %(count)d signes : au-delà de %(most)d, il sera coupé.")
        counts = {"count": len(typed["headline"]), "most": LONGEST_HEADLINE}
        found.append(("headline", text % counts))
    if not is_brief and not typed["standfirst"].strip():
        found.append(("standfirst", _("Il n’y a pas de chapô.")))
    if not typed["topics"]:
        found.append(("topics", _("Il n’y a pas de sujet.")))
    if not typed["credit"] and not typed["bylines"]:
        found.append(("credit", _("Il n’y a ni signature ni crédit.")))
    if needs_crossheads(typed["body"]):
        text = _("Plus de %(count)d signes sans intertitre.")
        found.append(("body", text % {"count": LONGEST_WITHOUT_CROSSHEAD}))
    for path in dead:
        found.append(("body", _("Le lien vers %(path)s ne répond pas.") % {"path": path}))
    found += [("photos", text) for text in advice_on_photos(typed, photos)]
    return [Remark(field, text) for field, text in found] + typography_of(typed)


def needs_crossheads(markup):
    """Whether a stretch of the text between crossheads is too long to read at one go."""
    stretches = re.split(r"<h[23]>.*?</h[23]>", markup, flags=re.S)
    return any(count_signs(stretch) > LONGEST_WITHOUT_CROSSHEAD for stretch in stretches)


def typography_of(typed):
    """Return a Remark with a proposal for each field whose typography can be seen to be wrong."""
    found = []
    if typed.get("is_verbatim"):
        return found
    for field, change in PROPOSALS.items():
        proposal = change(typed[field])
        if not looks_alike(typed[field], proposal):
            text = _("La typographie peut être corrigée.")
            found.append(Remark(field, text, proposal=proposal))
    return found


def faults_of_times(now, start, until):
    faults = []
    if start < now:
        faults.append(_("L’heure de publication est passée : choisissez une heure à venir."))
    if until not in (None, INHERIT) and until <= start:
        faults.append(_("La fin doit venir après le début."))
    return faults


def faults_of_plan(line, start, choice):
    """Return why the plan of *line* forbids a publication: no plan keeps older text."""
    plan = line.plan
    if plan is None:
        return []
    time = {"time": shown_time(plan.live_from)}
    if choice is None:
        return [_("Une publication est prévue le %(time)s : annulez-la ou refaites-la.") % time]
    if choice == REBUILD and start > line.now:
        # Two plans would stand one behind the other, the second to be forgotten.
        return [_("Une publication est déjà prévue le %(time)s : annulez-la.") % time]
    return []


def faults_of_meaning(line, start, meaning, note):
    """Return why a publication at *start* can't mean *meaning*."""
    in_force, shown = line.in_force(start), line.last_live(start)
    withdrawn = in_force is not None and in_force.meaning == Meaning.WITHDRAWAL
    if withdrawn and meaning != Meaning.REINSTATEMENT:
        return [_("Cet article est retiré : remettez-le en ligne.")]
    if meaning == Meaning.REINSTATEMENT and not withdrawn:
        return [_("Cet article n’est pas retiré.")]
    if meaning == Meaning.FIRST and shown:
        return [_("Cet article a déjà été publié.")]
    if meaning in (Meaning.SILENT, Meaning.UPDATE, Meaning.CORRECTION) and not shown:
        return [_("Cet article n’a jamais été publié : publiez-le d’abord.")]
    if meaning == Meaning.WITHDRAWAL:
        return [_("Un retrait ne se publie pas : retirez l’article.")]
    return faults_of_note(meaning, note)


def faults_of_note(meaning, note):
    if meaning == Meaning.CORRECTION and not note:
        return [_("Dites aux lecteurs ce qui était inexact.")]
    return []


def faults_of_repetition(line, newest, start, until, meaning):
    """Return that nothing would change, so that a double click publishes once."""
    in_force = line.live(start)
    if newest is None or in_force is None or in_force.revision_id != newest.pk:
        return []
    if meaning == Meaning.CORRECTION or until not in (INHERIT, in_force.ends_at):
        return []
    return [_("Cette version est déjà en ligne.")]
