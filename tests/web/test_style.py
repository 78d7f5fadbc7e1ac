"""The style page shows every token and every component, so that nothing is styled in secret."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from tests.web import markup
from troubleshoot.templatetags.desk import ago, breakable, icon, words
from troubleshoot.web.components import Gate, GateState, PolicyLine, PolicyView

pytestmark = pytest.mark.django_db

CSS = Path(settings.BASE_DIR) / "static" / "css"
DJANGO_ADMIN = Path(admin.__file__).parent / "static/admin/css"
VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = TEMPLATES / "components"
GUIDE = Path(settings.BASE_DIR) / "troubleshoot" / "guide"
IN_THE_FRAME = {"contact", "mode", "search", "copy_button", "policy_lines", "snippet", "terms"}


def test_it_shows_every_component(client: Client) -> None:
    used = {template.name for template in client.get("/style/").templates if template.name}
    for file in COMPONENTS.glob("*.html"):
        if file.stem not in IN_THE_FRAME:
            assert f"components/{file.name}" in used, file.name


def test_every_error_in_a_summary_leads_to_its_field(client: Client) -> None:
    page = markup.read(client.get("/style/").content)
    targets = [has["href"] for has in page.all("a") if has.get("href", "").startswith("#id_wrong")]
    assert len(targets) == 4
    for target in targets:
        assert target.removeprefix("#") in page.ids


def test_it_shows_light_and_dark(client: Client) -> None:
    page = markup.read(client.get("/style/").content)
    assert page.all("div", **{"data-theme": "light"})
    assert page.all("div", **{"data-theme": "dark"})


def test_every_component_says_what_it_takes() -> None:
    for file in COMPONENTS.glob("*.html"):
        assert "{% comment %}" in file.read_text(), file.name


def test_colours_are_named_in_the_tokens_only() -> None:
    for sheet in ("components.css", "swatches.css"):
        assert not re.search(r"#[0-9a-f]{3,8}\b", (CSS / sheet).read_text()), sheet


def test_every_token_that_is_used_exists() -> None:
    sheets = {sheet.name: sheet.read_text() for sheet in CSS.glob("*.css")}
    defined = {name for text in sheets.values() for name in re.findall(r"(--[\w-]+)\s*:", text)}
    for name, text in sheets.items():
        assert set(re.findall(r"var\((--[\w-]+)", text)) <= defined, name


def test_every_class_in_a_template_is_styled() -> None:
    sheets = [*CSS.glob("*.css"), *DJANGO_ADMIN.glob("*.css")]
    styled = set(re.findall(r"\.(-?[a-zA-Z][\w-]*)", "".join(sheet.read_text() for sheet in sheets)))
    for file in TEMPLATES.rglob("*.html"):
        for value in re.findall(r'class="([^"]+)"', re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", file.read_text())):
            # What a variable completes ends with `--` here.
            unknown = {name for name in value.split() if name not in styled and not name.endswith("--")}
            assert not unknown, (file.name, unknown)


def test_what_is_vendored_has_its_licence_beside_it_and_no_source_map() -> None:
    folders = [folder for folder in VENDOR.iterdir() if folder.is_dir()]
    assert len(folders) == 2
    for folder in folders:
        assert "Permission" in (folder / "LICENSE").read_text()
        assert all("sourceMappingURL" not in file.read_text() for file in folder.iterdir())


def test_every_vendored_icon_is_used() -> None:
    used = "".join(file.read_text() for file in [*TEMPLATES.rglob("*.html"), *GUIDE.rglob("*.py")])
    for file in (VENDOR / "bootstrap-icons").glob("*.svg"):
        assert f'"{file.stem}"' in used, file.name


def gates(*states: GateState) -> markup.Page:
    drawn = [Gate(f"gate {number}", state, f"words {number}") for number, state in enumerate(states)]
    html = Template('{% include "components/gates.html" %}').render(
        Context({"gates": drawn, "caller": "me", "call": "x"})
    )
    return markup.read(html)


def test_the_gates_are_an_ordered_list_that_says_each_state_in_words() -> None:
    page = gates(*GateState)
    assert [has["aria-label"] for has in page.all("ol")] == ["The checks of this call, in AWS's order"]
    assert page.all("ol")[0]["role"] == "list"
    assert len(page.all("li")) == 4
    for said in ("passes", "stops here", "not known", "none applies", "words 3"):
        assert said in page.text
    assert all(has["aria-hidden"] == "true" for has in page.all("svg"))


def test_a_policy_marks_its_deciding_lines_in_words_too() -> None:
    policy = {"title": "T", "lines": ((1, "{", False), (2, "<b>", True)), "caption": ""}
    html = Template('{% include "components/policy.html" %}').render(Context({"policy": policy}))
    page = markup.read(html)
    assert len(page.all("mark")) == 1
    assert "Deciding line: " in html
    assert "&lt;b&gt;" in html
    assert page.all("pre", tabindex="0")
    assert page.unclosed == []


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(minutes=3, seconds=40), "3 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2, hours=3), "2 days ago"),
        (timedelta(days=-2, minutes=-1), "in 2 days"),
    ],
)
def test_times_are_said_as_people_say_them(before: timedelta, said: str) -> None:
    assert ago(timezone.now() - before) == said


def test_far_times_are_dates_and_no_time_is_nothing() -> None:
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} \d{4}", ago(timezone.now() - timedelta(days=400)))
    assert ago(None) == ""


def test_an_icon_is_decoration_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in icon("check-lg")
    assert 'aria-label="Done"' in icon("check-lg", "Done")
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`a`", "<code>a</code>"),
        ("**a `b`**", "<strong>a <code>b</code></strong>"),
        ("[a](/b/#c)", '<a href="/b/#c">a</a>'),
        ("[a](https://example.com)", "[a](https://example.com)"),
        ("[a](javascript:b)", "[a](javascript:b)"),
        ("<b>`<i>`", "&lt;b&gt;<code>&lt;i&gt;</code>"),
        ('[<b>](/"x)', '<a href="/&quot;x">&lt;b&gt;</a>'),
    ],
)
def test_words_become_markup_and_nothing_else_does(text: str, html: str) -> None:
    assert words(text) == html


def test_an_arn_breaks_between_its_parts_and_never_becomes_markup() -> None:
    assert breakable("arn:aws:iam::1:user/a<b>") == "arn:<wbr>aws:<wbr>iam::<wbr>1:<wbr>user/<wbr>a&lt;b&gt;"
    assert breakable("<b>8:30 a/b</b>") == "&lt;b&gt;8:30 a/b&lt;/b&gt;"


def test_what_is_not_there_has_no_button_to_copy_it() -> None:
    nothing = PolicyView("New policy, now", (PolicyLine(1, "(there is no such policy)"),))
    new = PolicyView("New policy", (PolicyLine(1, "{"), PolicyLine(2, "}")))
    diff = Template('{% include "components/diff.html" %}')
    assert diff.render(Context({"before": nothing, "after": new})).count("data-copy>") == 1
    assert diff.render(Context({"before": new, "after": new})).count("data-copy>") == 2
