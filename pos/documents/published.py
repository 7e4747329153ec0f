"""The JSON Schema of documents, as published in `docs/schema/document-v1.json`.

`python -m pos.documents.published > docs/schema/document-v1.json` writes it anew after an addition.
"""

import json

from pos.documents.schema import documents

ADDRESS = "urn:tillcard:document:v1"


def published() -> str:
    """The text of the file: draft 2020-12, names as in the documents, keys sorted."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "Tillcard document, version 1",
        "$comment": "Numbers are written without fraction or exponent: 1.0 is not a whole number here.",
        **documents.json_schema(by_alias=True),
    }
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(published(), end="")
