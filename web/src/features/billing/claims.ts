/** Behind the address of a record's page, leads to its claims. */
export const CLAIMS_HASH = "#claims";
