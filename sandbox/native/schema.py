"""Schemas of Entra-to-Entra jobs: ids and changes enter, schemas and refusals leave.

The real default schema is not public. This one has the documented mappings; ids, lists of
attributes and metadata are the sandbox's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from sandbox.contents import GraphObject
from sandbox.native import attributes, forms
from sandbox.native.attributes import names, whole_number
from sandbox.native.expressions import ExpressionError, attributes_in, parse
from sandbox.seeds import sandbox_id

SOURCE = "Azure Active Directory"
TARGET = "Azure Active Directory (target tenant)"
RULE = "USER_INBOUND_USER"
RULE_ID = sandbox_id("synchronizationRule:users")
DIRECTORY_IDS = {name: sandbox_id(f"directoryDefinition:{name}") for name in (SOURCE, TARGET)}
VERSION = "v1.2"

_DIRECT = names(
    "IsSoftDeleted accountEnabled streetAddress city state postalCode country department "
    "employeeId displayName givenName jobTitle mailNickname physicalDeliveryOfficeName "
    "preferredLanguage surname telephoneNumber userPrincipalName mail manager"
)
_UNARY = frozenset({"IS TRUE", "IS FALSE", "IS NULL", "IS NOT NULL"})
_NUMERIC = frozenset({"&", "!&", "Greater_Than", "Greater_Than_OR_EQUALS"})
_PATTERNS = frozenset({"REGEX MATCH", "NOT REGEX MATCH"})
OPERATORS = (
    "&",
    "!&",
    "ENDS_WITH",
    "EQUALS",
    "Greater_Than",
    "Greater_Than_OR_EQUALS",
    "Includes",
    "IS FALSE",
    "IS NOT NULL",
    "IS NULL",
    "IS TRUE",
    "NOT EQUALS",
    "NOT REGEX MATCH",
    "REGEX MATCH",
)
FLOW_TYPES = frozenset(get_args(forms.FlowType))


class SchemaError(ValueError):
    """A schema that no job takes; `code` is what Graph calls it."""

    def __init__(self, message: str, *, code: str = "Request_BadRequest") -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.code = code


def default_schema(schema_id: str) -> GraphObject:
    """Return the schema of a job that nobody changed, or of the template."""
    return {
        "id": schema_id,
        "version": VERSION,
        "synchronizationRules": [_rule()],
        "directories": [directory(SOURCE, ()), directory(TARGET, ())],
    }


def _rule() -> GraphObject:
    return {
        "containerFilter": None,
        "editable": True,
        "groupFilter": None,
        "id": RULE_ID,
        "name": RULE,
        "priority": 1,
        "sourceDirectoryName": SOURCE,
        "targetDirectoryName": TARGET,
        "metadata": [
            {"key": "defaultSourceObjectMappings", "value": "User"},
            {"key": "supportsProvisionOnDemand", "value": "True"},
        ],
        "objectMappings": [_users(), _groups()],
    }


def _users() -> GraphObject:
    match = _mapping("alternativeSecurityIds", "Function", "AltSecIdFromNetId([netId])")
    return {
        "enabled": True,
        "flowTypes": "Add,Update,Delete",
        "name": "Provision Microsoft Entra ID Users",
        "sourceObjectName": "User",
        "targetObjectName": "User",
        "metadata": [],
        "scope": {
            "categoryFilterGroups": [],
            "groups": [
                {
                    "name": "Filter external users",
                    "clauses": [
                        {
                            "operatorName": "EQUALS",
                            "sourceOperandName": "alternativeSecurityIds",
                            "targetOperand": {"values": ["None"]},
                        }
                    ],
                }
            ],
            "inputFilterGroups": [],
        },
        "attributeMappings": [
            {**match, "matchingPriority": 1},
            *(_mapping(name, "Attribute", f"[{name}]") for name in _DIRECT),
            _mapping("showInAddressList", "Constant", '"true"'),
            {**_mapping("userType", "Constant", '"Member"'), "flowType": "ObjectAddOnly"},
        ],
    }


def _groups() -> GraphObject:
    """Groups can be synchronized in Entra; here the mapping stays what it is there by default."""
    return {
        "enabled": False,
        "flowTypes": "Add,Update,Delete",
        "name": "Provision Microsoft Entra ID Groups",
        "sourceObjectName": "Group",
        "targetObjectName": "Group",
        "metadata": [],
        "scope": None,
        "attributeMappings": [],
    }


def _mapping(target: str, kind: str, expression: str) -> GraphObject:
    name = expression.partition("(")[0] if kind == "Function" else expression.strip('[]"')
    return {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": 0,
        "targetAttributeName": target,
        "source": {"expression": expression, "name": name, "type": kind, "parameters": []},
    }


def directory(name: str, extensions: Iterable[str]) -> GraphObject:
    """Describe one of the two directories, with the extensions that were discovered in it."""
    one_sided = attributes.SOURCE_ONLY if name == SOURCE else attributes.TARGET_ONLY
    known = sorted({*attributes.BOTH_SIDES, *one_sided, *attributes.EXTENSIONS})
    return {
        "id": DIRECTORY_IDS[name],
        "discoverabilities": "AttributeNames",
        "discoveryDateTime": None,
        "name": name,
        "readOnly": False,
        "version": VERSION,
        "objects": [
            {
                "name": "User",
                "metadata": [
                    {"key": "PropertyNameAccountEnabled", "value": "accountEnabled"},
                    {"key": "PropertyNameSoftDeleted", "value": "IsSoftDeleted"},
                ],
                "supportedApis": [],
                "attributes": [_attribute(one) for one in (*known, *sorted(extensions))],
            }
        ],
    }


def _attribute(name: str) -> GraphObject:
    kind = attributes.type_of(name)
    user = {"referencedObjectName": "User", "referencedProperty": ""}
    return {
        "anchor": name == "objectId",
        "apiExpressions": [],
        "caseExact": False,
        "defaultValue": None,
        "flowNullValues": False,
        "metadata": [],
        "multivalued": name in attributes.SEVERAL_VALUES,
        "mutability": "ReadOnly" if name in attributes.SOURCE_ONLY else "ReadWrite",
        "name": name,
        "referencedObjects": [user] if kind == "Reference" else [],
        "required": False,
        "type": kind,
    }


def user_mapping(schema: Mapping[str, Any]) -> GraphObject | None:
    """Return the object mapping for users toward the target tenant, if it is switched on."""
    for rule in _rules(schema):
        for mapping in rule.get("objectMappings") or ():
            if mapping.get("sourceObjectName") == "User" and mapping.get("enabled", True):
                return dict(mapping)
    return None


def _rules(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for rule in schema.get("synchronizationRules") or ():
        if rule.get("targetDirectoryName") == TARGET:
            yield rule


def checked(schema: Any, schema_id: str) -> GraphObject:
    """Return a schema that replaces a job's whole schema; raises a SchemaError.

    Only the rule between the two tenants is looked at closely, since nothing else is run.
    """
    try:
        forms.require(schema, forms.Schema)
    except forms.FormError as problem:
        raise SchemaError(f"The schema cannot be read. {problem}.") from problem
    for name in ("synchronizationRules", "directories"):
        if schema.get(name) is None:
            raise SchemaError(f"The schema has no '{name}'; it must be sent whole.")
    for rule in _rules(schema):
        for mapping in rule.get("objectMappings") or ():
            if mapping.get("sourceObjectName") == "User":
                _check_users(mapping)
    kept = {name: value for name, value in schema.items() if not name.startswith("@odata.")}
    return {"version": VERSION, **kept, "id": schema_id}


def _check_users(mapping: Mapping[str, Any]) -> None:
    mapped = mapping.get("attributeMappings") or ()
    matching = [one for one in mapped if one.get("matchingPriority")]
    default = next(iter(_users()["attributeMappings"]))
    expressions = [(one.get("source") or {}).get("expression") for one in matching]
    names = [one.get("targetAttributeName") for one in matching]
    if (names, expressions) != ([attributes.HOME], [default["source"]["expression"]]):
        raise SchemaError(
            "The matching attribute 'alternativeSecurityIds' cannot be changed, and no other can "
            "be added.",
            code="schemaInvalid",
        )
    for one in mapped:
        _check_mapping(one)
    for group in filter_groups(mapping):
        for clause in group.get("clauses") or ():
            _check_clause(clause)


def _check_mapping(mapping: Mapping[str, Any]) -> None:
    name = mapping.get("targetAttributeName")
    source = mapping.get("source") or {}
    if not name or mapping.get("flowType", "Always") not in FLOW_TYPES:
        raise SchemaError(f"The mapping of '{name}' has no target or an unknown flow type.")
    if name in attributes.SEVERAL_VALUES:
        raise SchemaError(f"The attribute '{name}' cannot be a target.")
    try:
        read = _attributes_of(source)
    except ExpressionError as problem:
        raise SchemaError(f"The expression of '{name}' cannot be read. {problem}") from problem
    for one in sorted(attributes.NOT_MAPPED.intersection(read)):
        # That it is missing is documented, the code is not.
        raise SchemaError(f"The source has no attribute '{one}' to map.")


def _attributes_of(source: Mapping[str, Any]) -> list[str]:
    """Return the attributes that a source reads; raises an ExpressionError."""
    kind, name, expression = (source.get(one) for one in ("type", "name", "expression"))
    if name and kind in {"Attribute", "Constant"}:
        return [name] if kind == "Attribute" else []
    return list(attributes_in(parse(expression or ""))) if expression or kind == "Function" else []


def _check_clause(clause: Mapping[str, Any]) -> None:
    operator, attribute = clause.get("operatorName"), clause.get("sourceOperandName")
    values = (clause.get("targetOperand") or {}).get("values") or []
    if operator not in OPERATORS or not attribute:
        raise SchemaError(f"A filter's clause has an unknown operator: '{operator}'.")
    if attribute in attributes.NOT_FILTERED:
        # That it does not count is documented, the code is not.
        raise SchemaError(f"Filters do not know the attribute '{attribute}'.")
    if operator not in _UNARY and not values:
        raise SchemaError(f"The filter on '{attribute}' compares with nothing.")
    if operator in _NUMERIC and whole_number(values[0]) is None:
        raise SchemaError(f"The filter on '{attribute}' compares with what is no whole number.")
    try:
        if operator in _PATTERNS:
            re.compile(values[0])
    except (re.error, RecursionError, OverflowError) as problem:
        raise SchemaError(f"The pattern of the filter on '{attribute}' is no pattern.") from problem


def filter_groups(mapping: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return all groups of an object mapping's scoping filter."""
    scope = mapping.get("scope") or {}
    return [*(scope.get("groups") or ()), *(scope.get("inputFilterGroups") or ())]


def operator_schemas() -> list[GraphObject]:
    """Return the operators of scoping filters; Graph's type has no name, so the id is it."""
    return [
        {
            "id": name,
            "arity": "Unary" if name in _UNARY else "Binary",
            "multivaluedComparisonType": "All",
            "supportedAttributeTypes": ["Integer"] if name in _NUMERIC else ["Boolean", "String"],
        }
        for name in OPERATORS
    ]
