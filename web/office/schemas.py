"""Forms of the back office."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from web.texts import LANGUAGES

Short = Annotated[str, Field(min_length=1, max_length=100)]
UUID_TEXT = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
Id = Annotated[str, Field(pattern=f"^{UUID_TEXT}$")]
Name = Annotated[str, Field(max_length=60)]


class Form(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class SignInForm(Form):
    login: Annotated[str, Field(max_length=100)]
    password: Annotated[str, Field(max_length=200)]


class LanguageForm(Form):
    language: Literal["en", "ru", "hy"]
    back: Annotated[str, Field(max_length=200)] = "/office"


class StaffForm(Form):
    name: Short
    role: Literal["cashier", "manager", "owner"]
    language: Literal["en", "ru", "hy"] = "en"
    pin: Annotated[str, Field(max_length=8)] = ""


class PinForm(Form):
    pin: Annotated[str, Field(max_length=8)]


class PasswordForm(Form):
    login: Short
    password: Annotated[str, Field(max_length=200)]


class RegisterForm(Form):
    name: Short
    prefix: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,3}$")]
    outlet: Id


class ChoiceForm(Form):
    """Whose devices a till uses; empty: the first agent of its outlet."""

    agent: Annotated[str, Field(pattern=f"^({UUID_TEXT})?$")] = ""


class NamesForm(Form):
    """A name in each language; blank ones are left out."""

    en: Name = ""
    ru: Name = ""
    hy: Name = ""

    def names(self) -> dict[str, str]:
        return {language: getattr(self, language) for language in LANGUAGES}
