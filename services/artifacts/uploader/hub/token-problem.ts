/** What is wrong with a token by its looks, or undefined. Never repeats any of it. Pure. */
export function tokenProblem(token: string): string | undefined {
  if (token === '') return 'HF_TOKEN is not set'
  if (/\s/.test(token)) return 'HF_TOKEN has a space or a line break in it'
  if (!token.startsWith('hf_')) return 'HF_TOKEN does not start with hf_'
  if (!/^hf_[A-Za-z0-9_-]{8,}$/.test(token))
    return 'HF_TOKEN is cut short, or has letters in it that no token has'
  return undefined
}
