from .article import Article, ArticleAuthor, ArticleTopic
from .author import Author
from .edition import Edition, EditionAuthor, EditionTopic, Meaning
from .revision import Revision
from .site_state import SiteState
from .topic import Topic
from .user import User

__all__ = [
    "Article",
    "ArticleAuthor",
    "ArticleTopic",
    "Author",
    "Edition",
    "EditionAuthor",
    "EditionTopic",
    "Meaning",
    "Revision",
    "SiteState",
    "Topic",
    "User",
]
