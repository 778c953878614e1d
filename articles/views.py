"""The public site: what readers see at request.at."""

from django.shortcuts import render


def front_page(request):
    return render(request, "articles/front_page.html", {})


edition_detail = section_detail = topic_detail = author_detail = stream = front_page
server_error = front_page


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


bad_request = page_not_found
