const names: readonly (readonly [RegExp, string])[] = [
  [/^\.env(?:\..*|rc)?$|\.env$/i, 'an environment file'],
  [/\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|gpg|asc)$/i, 'a key'],
  [/^id_(?:rsa|dsa|ecdsa|ed25519|xmss)/i, 'an SSH key'],
  [/^id_[^.]*$/i, 'an SSH key'],
  [
    /^(?:kaggle\.json|\.?netrc|_netrc|\.pgpass|\.npmrc|\.pypirc|\.git-credentials|\.htpasswd)$/i,
    'credentials',
  ],
  [/^(?:credentials|client_secret.*|service[-_]account.*)(?:\.json)?$/i, 'credentials'],
  // One token as a word; `tokenizer.json`, `added_tokens.json` and the like belong to models.
  [/(?:^|[^a-z0-9])token(?:[^a-z0-9]|$)/i, 'a token'],
  [/(?:^|[^a-z0-9])secrets?(?:[^a-z0-9]|$)/i, 'a secret'],
]

/** What a file is by its name when it is something that must not go up; undefined for all else. */
export function secretName(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const kind = names.find(([pattern]) => pattern.test(name))?.[1]
  return kind && `its name is that of ${kind}: such files are never uploaded; rename it if it is none`
}
