from .act import Act
from .alert import Alert
from .article import Article, ArticleAuthor, ArticleTopic
from .author import Author
from .autosave import Autosave
from .delivery import Delivery
from .edition import Edition, EditionAuthor, EditionTopic, Meaning
from .front_page import FrontPage, FrontPageEdition, FrontPageRevision
from .note import Note
from .presence import Presence
from .preview_link import PreviewLink
from .revision import Revision
from .site_state import SiteState
from .site_text import SiteText, SiteTextVersion
from .step import Step
from .topic import Topic
from .topic_act import TopicAct, TopicAddress
from .user import User

__all__ = [
    "Act",
    "Alert",
    "Article",
    "ArticleAuthor",
    "ArticleTopic",
    "Author",
    "Autosave",
    "Delivery",
    "Edition",
    "EditionAuthor",
    "EditionTopic",
    "FrontPage",
    "FrontPageEdition",
    "FrontPageRevision",
    "Meaning",
    "Note",
    "Presence",
    "PreviewLink",
    "Revision",
    "SiteState",
    "SiteText",
    "SiteTextVersion",
    "Step",
    "Topic",
    "TopicAct",
    "TopicAddress",
    "User",
]
