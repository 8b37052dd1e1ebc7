import { Refusal } from './refusal.ts'
import type { Repo } from './state.ts'

/** Who a token stands for and what it may do. */
export interface Account {
  readonly user: string
  readonly role: 'write' | 'read' | 'fineGrained'
  /** The user's role in each organisation. */
  readonly orgs?: Readonly<Record<string, 'admin' | 'write' | 'contributor' | 'read'>>
  /** What a fine-grained token may do: permissions by user, organisation or repository. */
  readonly scopes?: Readonly<Record<string, readonly string[]>>
}

/** The tokens that every stand-in knows. `pod` is their user; `lab` an organisation it may write to, `guests` one it may not. */
export const tokens = {
  write: fake('Write'),
  read: fake('Read'),
  /** Fine-grained: may write to the repositories of `pod`, and nowhere else. */
  scoped: fake('Scoped'),
  /** Fine-grained: may only read. */
  scopedRead: fake('ScopedRead'),
  /** Of another user, who sees nothing private of `pod`. */
  stranger: fake('Stranger'),
} as const

const orgs = { lab: 'write', guests: 'read' } as const

export const accounts: Readonly<Record<string, Account>> = {
  [tokens.write]: { user: 'pod', role: 'write', orgs },
  [tokens.read]: { user: 'pod', role: 'read', orgs },
  [tokens.scoped]: {
    user: 'pod',
    role: 'fineGrained',
    orgs,
    scopes: { pod: ['repo.content.read', 'repo.write'] },
  },
  [tokens.scopedRead]: { user: 'pod', role: 'fineGrained', orgs, scopes: { pod: ['repo.content.read'] } },
  [tokens.stranger]: { user: 'stranger', role: 'write' },
}

/** The account of an Authorization header; undefined without one. Refuses what is no known token. */
export function accountOf(
  known: ReadonlyMap<string, Account>,
  authorization: string | undefined,
): Account | undefined {
  if (authorization === undefined) return undefined
  const account = known.get(/^Bearer (hf_\w+)$/.exec(authorization)?.[1] ?? '')
  if (!account) throw new Refusal(401, 'Invalid credentials in Authorization header')
  return account
}

export function signedIn(account: Account | undefined): Account {
  if (!account) throw new Refusal(401, 'Invalid username or password.')
  return account
}

/** Refuses an account that may not write to a namespace, or to one repository in it. */
export function mustWrite(account: Account, namespace: string, id?: string): void {
  const { role, user, scopes } = account
  if (role === 'read') {
    throw new Refusal(403, 'Forbidden: you must use a write token to upload to a repository.')
  }
  const own = namespace === user || !['read', undefined].includes(account.orgs?.[namespace])
  const granted = [namespace, id ?? ''].some((name) => scopes?.[name]?.includes('repo.write'))
  if (own && (role === 'write' || granted)) return
  throw new Refusal(403, `You don't have the rights to write under the namespace "${namespace}"`)
}

/** Whether an account may know that a private repository exists. */
export function seesPrivate(account: Account | undefined, { id }: Repo): boolean {
  const namespace = id.slice(0, id.indexOf('/'))
  return account !== undefined && (account.user === namespace || account.orgs?.[namespace] !== undefined)
}

/** What GET /api/whoami-v2 says. */
export function whoami(account: Account): object {
  const { user, role, scopes } = account
  const scoped = Object.entries(scopes ?? {}).map(([name, permissions]) => ({
    entity: { _id: name, type: name.includes('/') ? 'model' : name === user ? 'user' : 'org', name },
    permissions,
  }))
  return {
    type: 'user',
    id: user,
    name: user,
    fullname: user,
    isPro: false,
    orgs: Object.entries(account.orgs ?? {}).map(([name, roleInOrg]) => ({
      type: 'org',
      id: name,
      name,
      fullname: name,
      roleInOrg,
    })),
    auth: {
      type: 'access_token',
      accessToken: {
        displayName: 'podmate',
        role,
        createdAt: '2026-01-01T00:00:00.000Z',
        ...(scopes && { fineGrained: { canReadGatedRepos: false, global: [], scoped } }),
      },
    },
  }
}

function fake(name: string): string {
  return `hf_${`NotAToken${name}`.padEnd(34, '0')}`
}
