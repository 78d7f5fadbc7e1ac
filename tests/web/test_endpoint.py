"""A call that a VPC endpoint stops: the page gives a document to hand to the endpoint's owner."""

from tests.cast import MATEO_ARN
from tests.web import markup
from tests.web.signing_in import pasted, signed_in
from troubleshoot.models import Account, Person

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/retail"
TEXT = (
    f"User: {MATEO_ARN} is not authorized to perform: personalize:DescribeCampaign on resource: {CAMPAIGN} "
    "because no VPC endpoint policy allows the personalize:DescribeCampaign action"
)


def page_of(person: Person, text: str) -> str:
    browser = signed_in(person)
    return str(browser.get(f"/d/{pasted(browser, text).token}/").content.decode())


def test_the_statement_stands_under_the_text_to_send(account: Account, mateo: Person) -> None:
    page = page_of(mateo, TEXT)
    assert "Ask the network team that owns the VPC endpoint" in page
    assert "LetThisCallThrough" in page
    assert "Belongs to the policy of the VPC endpoint for com.amazonaws.us-east-1.personalize" in page
    assert markup.read(page.encode()).long_sentences == []


def test_against_a_statement_that_denies_only_the_text_stands_there(account: Account, mateo: Person) -> None:
    text = TEXT.replace(
        "because no VPC endpoint policy allows the", "with an explicit deny in a VPC endpoint policy for the"
    )
    page = page_of(mateo, text)
    assert "Ask the network team that owns the VPC endpoint" in page
    assert "LetThisCallThrough" not in page
