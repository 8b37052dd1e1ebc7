/**
 * How requests are checked: nothing is bent to fit or silently dropped, and every error is told with what it is about.
 * The schemas themselves are checked by tests, not at each start, where it would take longer than all the rest.
 */
export const validationOptions = {
  coerceTypes: false,
  removeAdditional: false,
  allErrors: true,
  verbose: true,
  validateSchema: false,
} as const
