from .act import Act
from .article import Article, ArticleAuthor, ArticleTopic
from .author import Author
from .delivery import Delivery
from .edition import Edition, EditionAuthor, EditionTopic, Meaning
from .front_page import Pin
from .note import Note
from .preview_link import PreviewLink
from .revision import Revision
from .site_state import SiteState
from .step import Step
from .topic import Topic
from .user import User

__all__ = [
    "Act",
    "Article",
    "ArticleAuthor",
    "ArticleTopic",
    "Author",
    "Delivery",
    "Edition",
    "EditionAuthor",
    "EditionTopic",
    "Meaning",
    "Note",
    "Pin",
    "PreviewLink",
    "Revision",
    "SiteState",
    "Step",
    "Topic",
    "User",
]
