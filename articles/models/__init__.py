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
from .site_text import SiteText, SiteTextVersion
from .step import Step
from .topic import Topic
from .topic_act import TopicAct, TopicAddress
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
    "SiteText",
    "SiteTextVersion",
    "Step",
    "Topic",
    "TopicAct",
    "TopicAddress",
    "User",
]
