"""One's own account: name, mail, and the public biography of who signs."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ..models import AccountAct, Author, SiteState, User
from .prose import TextField
from .user import clean_address


class ProfileForm(forms.ModelForm):
    first_name = forms.CharField(label=_("Prénom"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=150, required=False)
    email = forms.EmailField(
        label=_("Adresse électronique"),
        required=False,
        help_text=_("Le lien pour un mot de passe oublié y est envoyé."),
    )
    biography = TextField(
        label=_("Biographie"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Elle paraît sur votre page publique d’auteur."),
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.author = Author.objects.filter(user=self.instance).first()
        if self.author:
            self.initial["biography"] = self.author.biography
        else:
            del self.fields["biography"]

    def clean_email(self):
        return clean_address(self.cleaned_data["email"], self.instance)

    @transaction.atomic
    def save(self):
        super().save()
        if self.changed_data:
            told = ", ".join(str(self.fields[name].label) for name in self.changed_data)
            name = AccountAct.Name.PROFILE
            AccountAct.objects.note(name, self.instance, by=self.instance, told=told)
        if self.author and "biography" in self.changed_data:
            self.author.biography = self.cleaned_data["biography"]
            self.author.save(update_fields=["biography"])
            SiteState.objects.bump(timezone.now())


@require_http_methods(["GET", "POST"])
def profile(request):
    # A copy: a form that is refused must not change the name in the head of the page.
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Votre profil est enregistré."))
        return redirect("profile")
    context = {"title": _("Mon profil"), "form": form, "account": user, "author": form.author}
    page = "admin/profile.html"
    return render(request, page, {**admin.site.each_context(request), **context})
