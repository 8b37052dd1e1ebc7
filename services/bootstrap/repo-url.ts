const userInfo = /\/\/[^/\s@]*@/g

/** A text without the user and password of any address in it. */
export function withoutUserInfo(text: string): string {
  return text.replaceAll(userInfo, '//')
}

/** Whether two addresses mean one repository, however it is reached: `git@host:a/b.git` is `https://host/a/b`. */
export function sameRepository(one: string, other: string): boolean {
  return identityOf(one) === identityOf(other)
}

/** Whether podmate itself reaches an address: publicly, without a key or a helper program. */
export function isPublicAddress(url: string): boolean {
  return /^(https?|git|file):\/\//.test(url)
}

function identityOf(url: string): string {
  const [, host = '', path = ''] =
    /^[a-z+]+:\/\/(?:[^/@]*@)?([^/]*)\/*(.*)$/i.exec(url) ?? /^(?:[^/@:]*@)?([^/:]+):(.*)$/.exec(url) ?? []
  const bare = (path || url)
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/^\/+/, '')
  return `${host.toLowerCase().replace(/:(80|443|9418|22)$/, '')}/${bare}`
}
