/** Whether a path is `folder` or lies below it; both absolute and normal, links not resolved. Pure. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
