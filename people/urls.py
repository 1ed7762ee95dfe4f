"""Addresses of people."""

from django.conf import settings
from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.set_pin, name="set_pin"),
    path("sign-in/recovery/", views.sign_in_recovery, name="sign_in_recovery"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("locked/", views.unlock, name="unlock"),
    path("after-sign-in/", views.after_sign_in, name="after_sign_in"),
    path("account/", views.account, name="account"),
    path("account/email/", views.email, name="email"),
    path("account/email/remove/", views.email_remove, name="email_remove"),
    path("account/recovery-code/", views.recovery_code, name="recovery_code"),
    path("account/workplaces/", views.join_workplace, name="join_workplace"),
    path("account/name/", views.name, name="name"),
    path("language/", views.language, name="language"),
    path("language/others/", views.others, name="other_languages"),
]
if settings.DEMO:
    urlpatterns += [
        path("dev/mail/", views.dev_mail, name="dev_mail"),
        path("dev/mail/<str:reference>/", views.dev_mail_message, name="dev_mail_message"),
        path("dev/mail/<str:reference>/html/", views.dev_mail_html, name="dev_mail_html"),
    ]
