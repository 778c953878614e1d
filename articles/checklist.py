"""Why an act of publication must be refused, each reason a sentence for a person."""

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Article, Meaning
from .timeline import INHERIT, REBUILD


def shown_time(instant):
    return timezone.localtime(instant).strftime("%d/%m/%Y à %Hh%M")


def faults_of_revision(newest, number):
    """Return why the revision *number* can't be what readers get."""
    if newest is None:
        return [_("Enregistrez l’article avant de le publier.")]
    if newest.number != number:
        return [
            _("%(who)s a enregistré une version plus récente le %(time)s : relisez-la d’abord.")
            % {
                "who": newest.created_by_name or _("Un import"),
                "time": shown_time(newest.created_at),
            }
        ]
    return []


def faults_of_text(article, newest, start):
    """Return what the text lacks to be shown from *start*."""
    faults, typed = [], newest.snapshot if newest else {"headline": "", "section": None}
    if article.status == Article.Status.DROPPED:
        faults.append(_("Cet article est abandonné."))
    if not typed["headline"].strip():
        faults.append(_("Il manque le titre."))
    if not typed["section"]:
        faults.append(_("Il manque la rubrique."))
    if article.embargo_until and start < article.embargo_until:
        faults.append(
            _("L’article est sous embargo jusqu’au %(time)s.")
            % {"time": shown_time(article.embargo_until)}
        )
    return faults


def faults_of_times(now, start, until):
    faults = []
    if start < now:
        faults.append(_("L’heure de publication est passée : choisissez une heure à venir."))
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
        return [_("Une publication est prévue le %(time)s : annulez-la ou refaites-la.") % time]
    if choice == REBUILD and start > line.now:
        # Two plans would stand one behind the other, the second to be forgotten.
        return [_("Une publication est déjà prévue le %(time)s : annulez-la.") % time]
    return []


def faults_of_meaning(line, start, meaning, note):
    """Return why a publication at *start* can't mean *meaning*."""
    in_force, shown = line.in_force(start), line.last_live(start)
    withdrawn = in_force is not None and in_force.meaning == Meaning.WITHDRAWAL
    if withdrawn and meaning != Meaning.REINSTATEMENT:
        return [_("Cet article est retiré : remettez-le en ligne.")]
    if meaning == Meaning.REINSTATEMENT and not withdrawn:
        return [_("Cet article n’est pas retiré.")]
    if meaning == Meaning.FIRST and shown:
        return [_("Cet article a déjà été publié.")]
    if meaning in (Meaning.SILENT, Meaning.UPDATE, Meaning.CORRECTION) and not shown:
        return [_("Cet article n’a jamais été publié : publiez-le d’abord.")]
    if meaning == Meaning.WITHDRAWAL:
        return [_("Un retrait ne se publie pas : retirez l’article.")]
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
