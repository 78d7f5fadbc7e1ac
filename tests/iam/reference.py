"""A second evaluator, as plain and slow as can be: the oracle of the differential tests.

It knows nothing of the engine's code. It reads documents as the standard library parses them, looks at every
statement of every policy, and answers True, False or None (not known) at each step. It judges cases in the form of
`manage.py evaluate --jsonl`.
"""

import base64
import datetime
import decimal
import ipaddress
import re

ALWAYS_TYPED = {"personalize", "iam", "ec2", "lambda", "kms", "dynamodb"}
RCP_SERVICES = {"personalize", "s3", "sts", "kms", "sqs", "secretsmanager", "dynamodb"}
TRUST = {
    "assumerole",
    "assumerolewithsaml",
    "assumerolewithwebidentity",
    "tagsession",
    "setsourceidentity",
    "setcontext",
}


def every(answers):
    answers = list(answers)
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def some(answers):
    answers = list(answers)
    if any(answer is True for answer in answers):
        return True
    return None if any(answer is None for answer in answers) else False


def opposite(answer):
    return None if answer is None else not answer


def listed(value):
    return value if isinstance(value, list) else [value]


# --- wildcards -------------------------------------------------------------------------------------------------


def glob(pattern, text):
    """`pattern` is a list of single characters and of the marks STAR, SEGMENT_STAR, ONE, SEGMENT_ONE."""
    reachable = {0}
    for at in range(len(text) + 1):
        for _ in pattern:
            reachable |= {p + 1 for p in reachable if p < len(pattern) and pattern[p] in ("STAR", "SEGMENT_STAR")}
        if at == len(text):
            return len(pattern) in reachable
        after = set()
        for place in reachable:
            if place == len(pattern):
                continue
            mark = pattern[place]
            if mark == "STAR" or (mark == "SEGMENT_STAR" and text[at] != ":"):
                after.add(place)
            if mark == "ONE" or (mark == "SEGMENT_ONE" and text[at] != ":") or mark == text[at]:
                after.add(place + 1)
        reachable = after
    return False


def marks(text):
    return [{"*": "STAR", "?": "ONE"}.get(character, character) for character in text]


def in_segments(pattern):
    """A star is free at the end of a colon-separated segment, and bound to its segment elsewhere."""
    out = []
    for at, mark in enumerate(pattern):
        rest = pattern[at + 1 :]
        while rest and rest[0] == "STAR":
            rest.pop(0)
        if mark == "STAR":
            out.append("STAR" if not rest or rest[0] == ":" else "SEGMENT_STAR")
        else:
            out.append("SEGMENT_ONE" if mark == "ONE" else mark)
    return out


# --- request ---------------------------------------------------------------------------------------------------


class Asked:
    def __init__(self, case):
        self.action = case["action"].lower()
        self.service = self.action.split(":")[0]
        self.resource = "*" if case.get("wildcard_only") else case.get("resource", "*")
        self.context = {k.lower(): v for k, v in case.get("context", {}).items() if v != []}
        self.unknown = {k.lower() for k in case.get("unknown_keys", [])} - {k.lower() for k in case.get("context", {})}
        self.principal = case["principal"]
        self.boundary = case["policies"].get("boundary") is not None
        self.boundary = None if "boundary" in case.get("unknown_layers", []) else self.boundary
        self.read_principal()
        parts = self.resource.split(":", 5)
        self.resource_arn = parts if len(parts) == 6 and parts[0] == "arn" else None
        self.owner = case.get("resource_account")
        if not self.owner and self.resource_arn and re.fullmatch("[0-9]{12}", parts[4]):
            self.owner = parts[4]

    def read_principal(self):
        self.kind, self.account, self.name = "service", None, None
        parts = self.principal.split(":", 5)
        if self.principal == "anonymous":
            self.kind = "anonymous"
        elif len(parts) == 6:
            self.account = parts[4]
            names = parts[5].split("/")
            self.kind, self.name = names[0], names[-1]
            if names[0] == "assumed-role":
                self.name = names[1]
            if names[0] in ("saml-provider", "oidc-provider"):
                self.kind = "provider"
        self.linked = (self.kind == "role" and "/aws-service-role/" in self.principal) or (
            self.kind == "assumed-role" and self.name.startswith("AWSServiceRoleFor") and not self.has_other_path()
        )

    def has_other_path(self):
        """Its role's ARN, where the context holds it, shows the path that the session's own does not."""
        value = self.context.get("aws:principalarn", "")
        role = value.split(":", 5) if isinstance(value, str) else []
        if len(role) != 6 or (role[2], role[4]) != ("iam", self.account) or not role[5].startswith("role/"):
            return False
        return role[5].split("/")[-1] == self.name and not role[5].startswith("role/aws-service-role/")

    def has_identity(self):
        return self.kind not in ("service", "anonymous", "provider")


# --- variables -------------------------------------------------------------------------------------------------

VARIABLE = re.compile(r"\$\{([^}]*)\}")


def substituted(text, asked, wild):
    """The text's characters and marks with values put in; None where a key is unknown, False where it is absent."""
    out, at, unknown = [], 0, False
    for match in VARIABLE.finditer(text):
        out += marks(text[at : match.start()]) if wild else list(text[at : match.start()])
        at = match.end()
        inner = match[1]
        if inner in ("*", "?", "$"):
            out.append(inner)
            continue
        default = None
        with_default = re.fullmatch(r"([^,']*),\s*'([^']*)'", inner)
        if with_default:
            inner, default = with_default.groups()
        key = inner.strip().lower()
        value = asked.context.get(key, default)
        if key in asked.unknown:
            unknown = True
        elif isinstance(value, str):
            out += list(value)
        else:
            return False
    out += marks(text[at:]) if wild else list(text[at:])
    return None if unknown else out


def template(text, asked, variables, wild):
    if variables:
        return substituted(text, asked, wild)
    return marks(text) if wild else list(text)


# --- conditions ------------------------------------------------------------------------------------------------

BAD = "malformed"


def string_equals(wanted, given):
    return "".join(wanted) == given


def string_equals_ignore_case(wanted, given):
    return "".join(wanted).lower() == given.lower()


def string_like(wanted, given):
    return glob(wanted, given)


def arn_like(wanted, given):
    parts, colons = [[]], 0
    for mark in wanted:
        if mark == ":" and colons < 5:
            parts.append([])
            colons += 1
        else:
            parts[-1].append(mark)
    values = given.split(":", 5)
    if len(parts) < 6:
        return None if glob(wanted, given) else BAD
    if len(values) < 6 or values[0] != "arn":
        return BAD
    return all(glob(part, value) for part, value in zip(parts, values, strict=True))


def boolean(wanted, given):
    wanted = "".join(wanted).lower()
    if given.lower() in ("true", "false"):
        return wanted == given.lower()
    return None if wanted == "false" else False


def number(text):
    if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", text):
        return decimal.Decimal(text)
    return None if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+", text) else BAD


def date(text):
    if re.fullmatch("[0-9]{4}", text):
        return None
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return decimal.Decimal(text)
    text = text.upper()
    for form in ("%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"):
        try:
            moment = datetime.datetime.strptime(text, form)  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return decimal.Decimal((moment - epoch) // datetime.timedelta(microseconds=1)) / 1000000
    for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            datetime.datetime.strptime(text, form)  # noqa: DTZ007 - that is what is asked
        except ValueError:
            continue
        return None
    return BAD


def ordered(read, holds):
    def compare(wanted, given):
        left, right = read(given), read("".join(wanted))
        if left == BAD or right == BAD:
            return BAD
        return None if left is None or right is None else holds(left, right)

    return compare


def ip(wanted, given):
    try:
        network = ipaddress.ip_network("".join(wanted), strict=False)
        address = ipaddress.ip_address(given)
    except ValueError:
        return BAD
    if network.version == address.version:
        return address in network
    if address.version == 6:
        mapped = address.ipv4_mapped
        return None if mapped is not None and mapped in network else False
    return None if ipaddress.ip_address("::ffff:" + given) in network else False


def binary(wanted, given):
    try:
        wanted = base64.b64decode("".join(wanted), validate=True)
    except ValueError:
        return BAD
    try:
        return wanted == base64.b64decode(given, validate=True)
    except ValueError:
        return wanted == given.encode()


BASES = {
    "StringEquals": (string_equals, True, False),
    "StringEqualsIgnoreCase": (string_equals_ignore_case, True, False),
    "StringLike": (string_like, True, True),
    "ArnEquals": (arn_like, True, True),
    "ArnLike": (arn_like, True, True),
    "Bool": (boolean, True, False),
    "BinaryEquals": (binary, False, False),
    "IpAddress": (ip, False, False),
}
for family, reader in (("Numeric", number), ("Date", date)):
    BASES[family + "Equals"] = (ordered(reader, lambda a, b: a == b), False, False)
    BASES[family + "LessThan"] = (ordered(reader, lambda a, b: a < b), False, False)
    BASES[family + "LessThanEquals"] = (ordered(reader, lambda a, b: a <= b), False, False)
    BASES[family + "GreaterThan"] = (ordered(reader, lambda a, b: a > b), False, False)
    BASES[family + "GreaterThanEquals"] = (ordered(reader, lambda a, b: a >= b), False, False)

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}


def condition(operator, key, wanted, asked, variables):
    wanted = [str(value).lower() if isinstance(value, bool) else str(value) for value in listed(wanted)]
    key = key.lower()
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if key in asked.unknown or not wanted:
        return None
    value = asked.context.get(key)
    if name == "Null":
        empty = value is None or all(one == "" for one in listed(value))
        return ("true" if empty else "false") in [one.lower() for one in wanted]
    negated = name in NEGATED
    if value is None:
        if if_exists:
            return True
        return negated if not quantifier else quantifier == "ForAllValues"
    if not quantifier:
        return False if isinstance(value, list) else one_value(name, wanted, value, asked, variables)
    if all(one == "" for one in listed(value)):
        return quantifier == "ForAllValues"
    answers = [one_value(name, wanted, one, asked, variables) for one in listed(value)]
    return every(answers) if quantifier == "ForAllValues" else some(answers)


def one_value(name, wanted, given, asked, variables):
    compare, takes_variables, wild = BASES[NEGATED.get(name, name)]
    answers = []
    for text in wanted:
        pattern = template(text, asked, variables and takes_variables, wild)
        answers.append(pattern if pattern in (None, False) else compare(pattern, given))
    if name not in NEGATED:
        return some(answer is not BAD and answer for answer in answers)
    return every(None if answer is BAD else opposite(answer) for answer in answers)


# --- statements ------------------------------------------------------------------------------------------------


def covers_action(statement, asked):
    patterns = listed(statement.get("Action", statement.get("NotAction")))
    found = any(one_action(pattern.lower(), asked.action) for pattern in patterns)
    return found if "Action" in statement else not found


def one_action(pattern, action):
    prefix = pattern.split(":")[0]
    if ("*" in prefix or "?" in prefix) and prefix.strip("*"):
        return False
    return glob(marks(pattern), action)


def covers_resource(statement, asked, variables, must_have):
    if "Resource" not in statement and "NotResource" not in statement:
        return None if must_have else True
    patterns = listed(statement.get("Resource", statement.get("NotResource")))
    answers = [one_resource(pattern, asked, variables) for pattern in patterns]
    if "Resource" in statement:
        return some(answer is not BAD and answer for answer in answers)
    return every(None if answer is BAD else opposite(answer) for answer in answers)


def one_resource(pattern, asked, variables):
    """BAD stands for a variable without a value."""
    if pattern and not pattern.strip("*"):
        return True
    if asked.resource == "*":
        return False
    fields = pattern.split(":", 5)
    if len(fields) < 6 or fields[0] != "arn":
        return None if glob(marks(pattern), asked.resource) else False
    if "*" in fields[2] or "?" in fields[2]:
        return False
    head = marks(":".join(fields[:5]) + ":")
    # whatever the values are, a resource with another beginning is not meant
    literal = re.match(r"[^*?]*", ":".join(fields[:5]) + ":")[0]
    if literal == ":".join(fields[:5]) + ":":
        literal += re.match(r"(?:(?!\$\{[^}]+\})[^*?])*" if variables else r"[^*?]*", fields[5])[0]
    if not asked.resource.startswith(literal):
        return False
    tail = template(fields[5], asked, variables, True)
    if tail is False:
        return BAD
    if tail is None:
        return None
    if not glob(in_segments(head + tail), asked.resource):
        return False
    kind = re.split("[/:]", fields[5])[0].split("${")[0]
    doubtful = fields[2] in ALWAYS_TYPED and fields[5].strip("*") and ("*" in kind or "?" in kind)
    return None if doubtful else True


def principals(statement, name):
    value = statement[name]
    if value == "*":
        return [("AWS", "*")]
    return [(kind, one) for kind, values in value.items() for one in listed(values)]


def names_principal(statement, asked):
    """True, False or None, and what an Allow is worth: full, limited, account."""
    found = principals(statement, "Principal")
    if ("AWS", "*") in found:
        return True, "full"
    if asked.kind != "role" and (asked.has_identity(), asked.principal) in [(k == "AWS", value) for k, value in found]:
        return True, "full"
    ours = [value.split(":") for kind, value in found if kind == "AWS" and f":{asked.account}:" in value]
    resources = [":".join(value[5:]) for value in ours]
    behind = {"role": "role/", "assumed-role": "role/", "federated-user": "user/"}.get(asked.kind)
    if behind and any(r.startswith(behind) and r.split("/")[-1] == asked.name for r in resources):
        return True, "limited"
    if asked.has_identity() and ("root" in resources or ("AWS", asked.account) in found):
        return True, "full" if asked.kind == "root" else "account"
    if ("Service", "*") in found and asked.kind == "service":
        return None, "full"
    if any(kind == "CanonicalUser" for kind, _ in found) and asked.has_identity():
        return None, "full"
    return False, "full"


def not_principal(statement, asked):
    if statement["Effect"] == "Allow":
        return None
    if asked.boundary:
        return True
    found = principals(statement, "NotPrincipal")
    values = [value for _, value in found]
    account = asked.account in values or any(v.endswith(f"::{asked.account}:root") for v in values)
    role = any(f"::{asked.account}:role/" in v and v.split("/")[-1] == asked.name for v in values)
    needed = {
        "root": [account],
        "role": [role, account],
        "assumed-role": [asked.principal in values, role, account],
    }.get(asked.kind, [asked.principal in values, account] if asked.has_identity() else [asked.principal in values])
    if ("AWS", "*") in found or all(needed):
        return False if asked.boundary is False else None
    return None if any(needed) else True


def applies(document, statement, asked, kind):
    """`kind` is identity, resource or gate. Returns the answer and the worth of the principal's match."""
    variables = document.get("Version") == "2012-10-17"
    worth, who = "full", True
    has = "Principal" in statement or "NotPrincipal" in statement
    if kind == "identity":
        who = None if has else True
    elif not has:
        who = None if kind == "resource" else True
    elif "Principal" in statement:
        who, worth = names_principal(statement, asked)
    else:
        who = not_principal(statement, asked)
    answers = [
        covers_action(statement, asked),
        covers_resource(statement, asked, variables, kind == "identity"),
        who,
    ]
    for operator, keys in statement.get("Condition", {}).items():
        answers += [condition(operator, key, wanted, asked, variables) for key, wanted in keys.items()]
    return every(answers), worth


def judged(documents, asked, kind):
    """Every statement's effect, answer and worth."""
    return [
        (statement["Effect"], *applies(document, statement, asked, kind))
        for document in documents
        for statement in listed(document["Statement"])
    ]


def effect(found, which, worth=None):
    return some(answer for e, answer, w in found if e == which and worth in (None, w))


# --- the whole -------------------------------------------------------------------------------------------------


class Layers:
    """Every layer's answers to one request."""

    def __init__(self, case, asked):
        self.asked = asked
        self.policies = case["policies"]
        self.unread = set(case.get("unknown_layers", []))
        self.denies = []
        self.is_unread = False

    def layer(self, name, documents, kind):
        """Whether the documents allow; what they deny is kept. No documents allow everything."""
        if name in self.unread:
            self.is_unread = True
            return None
        if documents is None:
            return True
        found = judged(documents, self.asked, kind)
        self.denies.append(effect(found, "Deny"))
        return effect(found, "Allow")

    def of(self, name, kind):
        documents = self.policies.get(name)
        return self.layer(name, documents if documents is None or isinstance(documents, list) else [documents], kind)

    def levels(self, name, kind):
        if name in self.unread:
            return [self.layer(name, None, kind)]
        return [self.layer(name, level, kind) for level in self.policies.get(name) or []]

    def grants(self, on_key):
        """What the resource's policy allows: in full, limited by the caller's own limits, for the account."""
        document = self.policies.get("resource")
        if "resource" in self.unread or (document is None and on_key):
            self.is_unread = True
            return None, None, None
        found = [] if document is None else judged([document], self.asked, "resource")
        self.denies.append(effect(found, "Deny"))
        return tuple(effect(found, "Allow", worth) for worth in ("full", "limited", "account"))

    def own(self):
        """Identity-based policies, and what limits them."""
        asked = self.asked
        if not asked.has_identity() or asked.kind == "root":
            return True, True
        session = self.of("session", "identity")
        if asked.kind == "federated-user" and self.policies.get("session") is None and "session" not in self.unread:
            session = False
        return self.of("identity", "identity"), every([self.of("boundary", "identity"), session])

    def gates(self):
        asked = self.asked
        gates = [self.of("vpc_endpoint", "gate")]
        if asked.has_identity() and not asked.linked:
            gates += self.levels("scps", "identity")
        if not asked.linked and asked.service in RCP_SERVICES and asked.action != "kms:retiregrant":
            self.levels("rcps", "gate")
        return gates


def is_on_key(asked):
    arn = asked.resource_arn
    return bool(asked.service == "kms" and arn and arn[2] == "kms" and re.split("[/:]", arn[5])[0] == "key")


def is_on_trust(asked):
    return asked.service == "sts" and asked.action.split(":")[1] in TRUST and ":role/" in asked.resource


def allows(layers, asked):
    on_key = is_on_key(asked)
    full, limited, account = layers.grants(on_key)
    identity, limits = layers.own()
    granted = some([full, limited, account])
    if not asked.has_identity():
        return granted
    if asked.owner and asked.account and asked.owner != asked.account:
        same_partition = asked.resource_arn is None or asked.resource_arn[1] == asked.principal.split(":")[1]
        return every([granted, identity, limits]) if same_partition else False
    delegated = every([identity, account]) if on_key or is_on_trust(asked) else identity
    return some([full, every([some([limited, delegated]), limits])])


def decide(case):
    asked = Asked(case)
    if asked.action == "sts:getcalleridentity" and asked.kind != "anonymous":
        return "allowed"
    layers = Layers(case, asked)
    allowed = every([allows(layers, asked), *layers.gates()])
    denied = some(layers.denies)
    if denied is True:
        return "explicit_deny"
    if denied is False and allowed is False:
        return "implicit_deny"
    if denied is False and allowed is True and not layers.is_unread:
        return "allowed"
    return "depends"
