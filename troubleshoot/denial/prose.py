"""Reads refusals in other words: a role that a service cannot use, missing permissions, other languages."""

import re
from typing import Final

from troubleshoot.denial.clauses import CONTEXT, read_clause
from troubleshoot.denial.clean import Script
from troubleshoot.denial.found import Found
from troubleshoot.denial.marks import HARD
from troubleshoot.denial.principals import principal_into
from troubleshoot.denial.reading import DenyKind, PolicyType, PrincipalKind
from troubleshoot.denial.slots import Slot, delimited, open_ended, put_together
from troubleshoot.denial.words import SERVICE_PREFIXES, bears_sign

_SERVICES: Final = (
    r"(?:ecs|lambda|firehose|glue|personalize|gateway|eventbridge|events|scheduler|codebuild|codepipeline|codedeploy"
    r"|batch"
    r"|redshift|s3|sagemaker|kinesis|rds|dms|sns|config|backup|appsync|iot|datasync|transfer|amplify|cloudformation"
    r"|bedrock"
    r"|cloudwatch|states|functions|cognito|service|ec2|eks|emr|athena|pipes|appflow|comprehend|connect|lex|mwaa|omics)"
)
_CANNOT: Final = r"(?:unable to|cannot|can't|could not|failed to|not able to|does not have permissions? to|may not)"
_ASSUME: Final = re.compile(
    r"(?:the )?\brole\b[^.]{0,120}\bcannot be assumed by \w+|\brole\b[^.]{0,120}\binvalid or cannot be assumed"
    rf"|{_CANNOT} assume (?:the |this |your )?(?:provided|specified|execution|service|given"
    rf"|defined)[\w -]{{0,20}}\brole"
    rf"|{_SERVICES}(?: \([\w.]+\))? (?:was |is |has been )?{_CANNOT} assume (?:the |this |your )?(?:iam )?role"
    r"(?: \(sts:assumerole\) on resource)?|we were unable to assume the role provided"
    r"|unable to assume role and validate"
    r"|(?:regional one is|not) authorized to assume (?:the )?(?:provided |specified )?role"
)
_ASSUME_ROLE: Final = "sts:assumerole"
_ROLE_ARN: Final = re.compile(r"[\s\"'`(:]*(?=arn:[\w-]+:iam::)")
_TO_CALL: Final = re.compile(
    r"(?:does not|doesn't|do not|not) have (?:sufficient |the )?permissions? to call (\w+)(?: on ((?:\w+ )?\w+))?"
)
_LACKS: Final = re.compile(
    r"(?:(?:does not|doesn't|do not|don't|not) have (?:sufficient |the |required |any )*permissions?|missing (?:the "
    r")?(?:required |iam )*permissions?"
    r"|lacks? (?:the )?(?:required |iam )*permissions?)(?: to perform| to call| for| to)?:? "
    r"[\"'`]?(?=[a-z][a-z0-9-]*:[a-z])"
)
_DECODED: Final = re.compile(r"\"allowed\" ?: ?false")
_FOR_ROLE: Final = re.compile(r"for role (?=arn:)")


def read_prose(script: Script) -> list[Found]:
    """Read every refusal in prose; those that the plain sentence already tells are sorted out by the caller."""
    low = script.low
    found: list[Found] = []
    if "be assumed" in low or " assume " in low:
        found += [_assumed(script, match) for match in _ASSUME.finditer(low) if _is_service(script, match)]
    if "permission" in low:
        found += [_to_call(script, match) for match in _TO_CALL.finditer(low)]
        found += [item for match in _LACKS.finditer(low) if (item := _lacks(script, match))]
    if "explicitdeny" in low:
        found += _all_decoded(script)
    return found


def _is_service(script: Script, match: re.Match[str]) -> bool:
    """ "cannot be assumed by Lambda" names a service, "cannot be assumed by anybody" does not."""
    if "not authorized to assume" in match[0]:
        return bears_sign(script.low)
    by = match[0].rpartition(" by ")[2] if " by " in match[0] else ""
    return not by or _BY.fullmatch(by) is not None


_BY: Final = re.compile(rf"{_SERVICES}|the|aws|amazon")


def _assumed(script: Script, match: re.Match[str]) -> Found:
    found = Found(*match.span())
    found.fields |= {"principal_kind": PrincipalKind.SERVICE, "policy_type": PolicyType.TRUST}
    told = match[0].find(_ASSUME_ROLE)
    if told >= 0:
        start = match.start() + told
        end = start + len(_ASSUME_ROLE)
        found.put("action", Slot(script.text[start:end], start, end))
    arn = _ROLE_ARN.match(script.text, match.end()) or re.compile(r"(?=arn:[\w-]+:iam::)").search(
        script.text, *match.span()
    )
    if arn:
        found.put("resource", open_ended(script.text, arn.end()))
    return found


def _to_call(script: Script, match: re.Match[str]) -> Found:
    found = Found(*match.span())
    start, end = match.span(1)
    name = script.text[start:end]
    prefix = _prefix(match[2]) if match[2] else None
    if prefix:
        found.put("action", Slot(f"{prefix}:{name}", start, match.end()))
        return found
    named = re.compile(rf"(?<![\w:])(?<![a-z][\n\x0b])[a-z][a-z0-9-]*:{re.escape(name)}(?!\w|[\n\x0b][a-z0-9])").search(
        script.text, max(0, match.start() - 1000), match.end() + 2000
    )
    if named:
        found.put_aside("action", Slot(named[0], *named.span()))
    return found


def _prefix(words: str) -> str | None:
    words = words.removeprefix("amazon ").removeprefix("aws ")
    return SERVICE_PREFIXES.get(words) or SERVICE_PREFIXES.get(words.split(" ", maxsplit=1)[0])


def _lacks(script: Script, match: re.Match[str]) -> Found | None:
    slot = _named_action(script.text, match.end(), match.end() + 100)
    if slot is None or slot.start != match.end():
        return None
    found = Found(match.start(), slot.end)
    found.put("action", slot)
    return found


def _named_action(text: str, start: int, end: int) -> Slot | None:
    """Return the first action in this part of the text, unless a line break may have cut it."""
    match = _NAMED.search(text, start, end)
    if match is None or (
        text[match.start() - 1 : match.start()] in _BREAKS and text[match.start() - 2 : match.start() - 1].isalpha()
    ):
        return None
    return None if _is_broken_off(text, match.end()) else Slot(match[0], *match.span())


def _is_broken_off(text: str, end: int) -> bool:
    """Say whether a line ends here and the next begins so that it may carry the value on."""
    return _CARRIED.match(text, end) is not None


_CARRIED: Final = re.compile(r"[\n\x0b][A-Za-z0-9]|[.,=@+-][\n\x0b][a-z0-9]")
_BREAKS: Final = ("\n", HARD)


_VALUES: Final = {
    "action": re.compile(r"\"action\" ?: ?\"([\w-]+:\w+)\""),
    "resource": re.compile(r"\"resource\" ?: ?\"([^\"]+)\""),
}
_STATEMENT_ACTION: Final = re.compile(r"\"actions\" ?: ?\{\"items\" ?: ?\[\{\"value\" ?: ?\"([\w-]+:\w+)\"")
_ARN: Final = re.compile(r"\"arn\s?\"\s?:\s?\"\s?(arn:[^\" ]+)\"")
_UNIQUE_ID: Final = re.compile(r"\"(AROA|AIDA)\w+")


def _all_decoded(script: Script) -> list[Found]:
    matches = list(_DECODED.finditer(script.low))
    ends = [*(match.start() for match in matches), len(script.text)][1:]
    return [_decoded(script, match, min(end, match.end() + _MESSAGE)) for match, end in zip(matches, ends, strict=True)]


_MESSAGE: Final = 8000


def _decoded(script: Script, match: re.Match[str], end: int) -> Found:
    """Read what `sts:DecodeAuthorizationMessage` gave back."""
    found = Found(match.start(), match.end())
    explicit = re.compile(r"\"explicitdeny\" ?: ?(true|false)").search(script.low, match.start(), end)
    if explicit:
        found.fields["deny_kind"] = DenyKind.EXPLICIT if explicit[1] == "true" else DenyKind.IMPLICIT
    for name, pattern in _VALUES.items():
        value = pattern.search(script.text, match.end(), end)
        if value is None and name == "action":
            value = _STATEMENT_ACTION.search(script.text, match.end(), end)
        found.put(name, Slot(put_together(value[1]), *value.span(1)) if value else None)
    arn = _ARN.search(script.text, match.end(), end)
    unique = _UNIQUE_ID.search(script.text, match.end(), end)
    if arn:
        principal_into(found, Slot(put_together(arn[1]), *arn.span(1)))
    elif unique:
        found.fields["principal_kind"] = PrincipalKind.ROLE_SESSION if unique[1] == "AROA" else PrincipalKind.USER
    return found


_BOX: Final = re.compile(
    r"user: (?P<user>\S+(?: \S+)?) (?:service: (?P<service>[\w-]+) )?action: (?P<action>[\w:*-]+(?: [\w:]+)?(?= on "
    r"resource| context:)|[\w:*-]+)"
    r"(?: on resource\(s\): (?P<resource>\S+(?: \S+){0,3}(?= context:)|\S+))?(?: context: (?P<context>.{0,200}))?"
)


def read_boxes(script: Script) -> list[Found]:
    """Read the console's box: one fact a line, each with its label."""
    if "action: " not in script.low:
        return []
    return [_box(script, match) for match in _BOX.finditer(script.low)]


def _box(script: Script, match: re.Match[str]) -> Found:
    found = Found(*match.span())
    user, service, action = (_part(script, match, name) for name in ("user", "service", "action"))
    if user:
        principal_into(found, user)
    if action and (":" in action.value or service):
        value = action.value if service is None or ":" in action.value else f"{service.value}:{action.value}"
        found.put("action", Slot(value, action.start, action.end))
    found.put("resource", _part(script, match, "resource") if match["context"] else _last_part(script, match))
    clause = CONTEXT.match(script.low, match.start("context")) if match["context"] else None
    if clause:
        read_clause(script, clause, found)
    return found


def _part(script: Script, match: re.Match[str], name: str) -> Slot | None:
    slot = delimited(script.text, *match.span(name)) if match[name] else None
    return slot if slot and " " not in slot.value else None


def _last_part(script: Script, match: re.Match[str]) -> Slot | None:
    """Return the resource where the box ends with it, if no line break may have cut it."""
    return open_ended(script.text, match.start("resource")) if match["resource"] else None


_CALLER: Final = re.compile(
    r"arn:[\w-]+:(?:iam|sts)::[^\s:]*:(?:user|assumed-role|role|federated-user)/[\w+=,.@/*-]+"
    r"|arn:[\w-]+:iam::[^\s:]*:root\b"
)
_NAMED: Final = re.compile(r"(?<![\w:/-])[a-z][a-z0-9-]{1,40}:[A-Z][A-Za-z0-9]+(?:\*(?!\*|[\n\x0b]\*))?(?![\w:/])")
_REFUSAL: Final = re.compile(
    r"nicht (?:autorisiert|berechtigt)|berechtigung|pas autoris|autorisation|no est[aá] autorizad|permiso|não "
    r"(?:está|tem|possui)|permiss"
    r"|autorizza|権限|許可|权限|無權|无权|授权|授權|권한|uprawn|разреш|прав|authori[sz]|denied|not allowed|yetki|quyền"
)
_RESOURCE_WORD: Final = re.compile(
    r"(?:ressourcen?|recurso|risorsa|resource|リソース|资源|資源|리소스|ресурс\w*|kaynak"
    r"|zas[oó]b\w*)\s?:?\s{0,2}[\"'`「“]?(?=arn:|\*)"
)


def read_other_words(script: Script) -> list[Found]:
    """Read a refusal in any language by its structure: a caller's ARN, a word of refusal, an action near by."""
    if "arn:" not in script.low or '"effect"' in script.low or not _REFUSAL.search(script.low):
        return []
    caller = _CALLER.search(script.text)
    action = _named_action(script.text, caller.end(), caller.end() + 300) if caller else None
    if caller is None or action is None:
        return []
    if not _REFUSAL.search(script.low, max(0, caller.start() - 60), action.end + 60):
        return []
    found = Found(caller.start(), action.end)
    principal = open_ended(script.text, caller.start())
    if (
        principal
        and HARD not in script.text[principal.start : principal.end + 1]
        and not _is_broken_off(script.text, principal.end)
    ):
        principal_into(found, principal)
    found.put("action", action)
    word = _RESOURCE_WORD.search(script.low, caller.end(), action.start) or _RESOURCE_WORD.search(
        script.low, action.end, action.end + 60
    )
    if word:
        resource = open_ended(script.text, word.end())
        found.put("resource", None if resource and _is_broken_off(script.text, resource.end) else resource)
    return [found]
