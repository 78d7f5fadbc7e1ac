"""The people and the account of the embedded default, as data. Production never sees them."""

from dataclasses import dataclass

from troubleshoot.aws.sandbox import world

ACCOUNT_NAME = "Retail Personalize (sandbox)"
CONTACT_NAME = "Adam, cloud team"
CONTACT_EMAIL = "cloud-team@example.com"
CONTACT_NOTE = "Mondays to Fridays, 9 to 17. For anything urgent, ask the helpdesk."


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in to try the product. `roles` are values of `models.Role`; `links` are ARNs."""

    user_name: str
    first_name: str
    last_name: str
    does: str
    roles: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


PEOPLE = (
    DemoPerson("mateo", "Mateo", "Jackson", "employee, IAM user mateojackson", links=(world.MATEO,)),
    DemoPerson("mary", "Mary", "Major", "employee, IAM user marymajor", links=(world.MARY,)),
    DemoPerson("charlie", "Charlie", "Stone", "employee without an IAM user"),
    DemoPerson("rita", "Rita", "Ortiz", "approver", roles=("approver",)),
    DemoPerson("noor", "Noor", "Haddad", "approver", roles=("approver",)),
    DemoPerson("helen", "Helen", "Weber", "helpdesk", roles=("helpdesk",)),
    DemoPerson("adam", "Adam", "Novak", "administrator of the portal", roles=("admin",)),
    DemoPerson("ada", "Ada", "Lindqvist", "administrator of the portal", roles=("admin",)),
    DemoPerson("otto", "Otto", "Brandt", "auditor", roles=("auditor",)),
)
