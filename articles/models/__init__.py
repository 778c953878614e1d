from .account_act import AccountAct
from .act import Act
from .alert import Alert
from .article import Article, ArticleAuthor, ArticleTopic
from .article_words import ArticleWords
from .author import Author
from .autosave import Autosave
from .delivery import Delivery
from .derived_row import EditionAuthor, EditionTopic
from .dossier import Dossier, DossierEdition, DossierRevision
from .edition import Edition, Meaning
from .front_page import FrontPage, FrontPageEdition, FrontPageRevision
from .live_entry import Coverage, LiveEntry, LiveEntryEdition, LiveRevision
from .note import Note
from .photo import ArticlePhoto, EditionPhoto, Photo, Rendition
from .photo_act import PhotoAct
from .presence import Presence
from .preview_link import PreviewLink
from .revision import Revision
from .settlement import Settlement
from .site_state import SiteState
from .site_text import SiteText, SiteTextVersion
from .step import Step
from .topic import Topic
from .topic_act import TopicAct, TopicAddress
from .user import User

__all__ = [
    "AccountAct",
    "Act",
    "Alert",
    "Article",
    "ArticleAuthor",
    "ArticlePhoto",
    "ArticleTopic",
    "ArticleWords",
    "Author",
    "Autosave",
    "Coverage",
    "Delivery",
    "Dossier",
    "DossierEdition",
    "DossierRevision",
    "Edition",
    "EditionAuthor",
    "EditionPhoto",
    "EditionTopic",
    "FrontPage",
    "FrontPageEdition",
    "FrontPageRevision",
    "LiveEntry",
    "LiveEntryEdition",
    "LiveRevision",
    "Meaning",
    "Note",
    "Photo",
    "PhotoAct",
    "Presence",
    "PreviewLink",
    "Rendition",
    "Revision",
    "Settlement",
    "SiteState",
    "SiteText",
    "SiteTextVersion",
    "Step",
    "Topic",
    "TopicAct",
    "TopicAddress",
    "User",
]
