/** What is done about the requirements, and why. */
export type RequirementsPlan =
  | { readonly do: 'install'; readonly why: string }
  | { readonly do: 'nothing'; readonly why: string }

export interface RequirementsLook {
  /** The hash of what is asked for now. */
  readonly hash: string
  /** The hash of what was installed last, from the stamp; undefined when that was never finished. */
  readonly stamp: string | undefined
  readonly force: boolean
}

/** Decides whether pip runs. Pure. */
export function planRequirements({ hash, stamp, force }: RequirementsLook): RequirementsPlan {
  if (force) return { do: 'install', why: 'FORCE_PIP_SYNC is 1' }
  if (stamp === undefined) return { do: 'install', why: 'they have not been installed yet' }
  if (stamp !== hash) return { do: 'install', why: 'they have changed' }
  return { do: 'nothing', why: 'they are installed' }
}
