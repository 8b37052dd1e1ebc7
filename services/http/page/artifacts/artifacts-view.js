/** @import { Artifacts, PassedOver, Pod, UploadFile } from '../shapes.d.ts' */
import { bytes, counted, duration } from '../core/format.js'
import { h } from '../core/h.js'
import { artifactsOf, whyNot } from '../details-of.js'
import { bar } from '../verdict/cost-view.js'

/** What is safe on the Hub, what is not yet, what never will be. @param {Pod} pod @param {number} now */
export function artifactsView(pod, now) {
  const artifacts = artifactsOf(pod)
  if (!artifacts) return h('p', { class: 'empty' }, whyNot(pod, 'artifacts'))
  if (!artifacts.safe)
    return h(
      'p',
      { class: 'empty' },
      `${artifacts.activity}${artifacts.reason ? `: ${artifacts.reason}` : ''}`,
    )
  return [
    totals(artifacts),
    next(artifacts.pending?.next ?? []),
    lastCommit(artifacts, now),
    problem(artifacts),
    passedOver(artifacts),
  ]
}

/** @param {Artifacts} artifacts */
function totals(artifacts) {
  const { activity, reason, repo, safe, pending } = artifacts
  const files = (/** @type {{ files: number, bytes: number } | undefined} */ amount) => amount?.files ?? 0
  const stays = keptHere(artifacts)
  const isAllSafe = files(pending) === 0 && files(safe) > 0 && stays.files === 0
  return [
    h(
      'p',
      { class: 'run', key: 'activity' },
      h('b', null, repo ? repo.url.replace(/^https:\/\/[^/]+\//, '') : 'Hugging Face'),
      h(
        'span',
        { class: `state is-${isAllSafe ? 'completed' : 'pending'}` },
        isAllSafe ? 'all safe' : activity,
      ),
      repo && !repo.private && h('span', { class: 'state is-failed' }, 'public'),
      reason && h('span', { class: 'reason' }, reason),
    ),
    h(
      'dl',
      { class: 'facts three', key: 'totals' },
      amount('Safe', files(safe), safe?.bytes),
      amount('Pending', files(pending), pending?.bytes),
      amount('Not taken', stays.files, undefined),
    ),
  ]
}

/** @param {string} name @param {number} files @param {number | undefined} size */
function amount(name, files, size) {
  return h(
    'div',
    null,
    h('dt', null, name),
    h('dd', null, counted(files, 'file'), size !== undefined && h('small', null, ` ${bytes(size)}`)),
  )
}

/** @param {readonly UploadFile[]} files */
function next(files) {
  if (files.length === 0) return null
  const item = (/** @type {UploadFile} */ { path, state, bytes_sent, bytes_total, note }) =>
    h(
      'li',
      { key: path },
      h('span', { class: 'path', title: path }, path),
      h(
        'small',
        null,
        note ?? (state === 'uploading' ? `${bytes(bytes_sent)} of ${bytes(bytes_total)}` : state),
      ),
      state === 'uploading' && bar(bytes_sent / (bytes_total || 1), 'calm', `${path} is being sent`),
    )
  return h('ul', { class: 'files', key: 'next' }, files.slice(0, 5).map(item))
}

/** @param {Artifacts} artifacts @param {number} now */
function lastCommit({ last_commit: commit }, now) {
  if (!commit) return null
  const link = h('a', { href: commit.url, rel: 'noreferrer', target: '_blank' }, commit.oid.slice(0, 8))
  const when = ` · ${counted(commit.files, 'file')} · ${duration(now - Date.parse(commit.at))} ago`
  return h('p', { class: 'commit', key: 'commit' }, 'Last commit ', link, when)
}

/** @param {Artifacts} artifacts */
function problem({ last_problem: last, activity }) {
  if (!last || activity === 'clean') return null
  return h('p', { class: 'problem', key: 'problem' }, last.text)
}

/** What uploads do not make safe: how much, and some of it with the reasons. @param {Artifacts} artifacts */
function keptHere({ refused, unmatched, parts_missing: parts, unreadable = [] }) {
  const reason = 'no pattern of HF_SYNC_PATTERNS names it'
  const named = unmatched?.some.map((path) => ({ path, reason })) ?? []
  return {
    files: (refused?.files ?? 0) + (unmatched?.files ?? 0) + (parts?.files ?? 0) + unreadable.length,
    some: [...(refused?.some ?? []), ...named, ...(parts?.some ?? []), ...unreadable],
  }
}

/** @param {Artifacts} artifacts */
function passedOver(artifacts) {
  const { files, some } = keptHere(artifacts)
  if (files === 0) return null
  const item = (/** @type {PassedOver} */ { path, reason }) =>
    h('li', null, h('span', { class: 'path' }, path), h('small', null, reason))
  return h(
    'details',
    { key: 'refused' },
    h('summary', null, `${counted(files, 'file')} not taken`),
    h('ul', { class: 'files' }, some.map(item)),
  )
}
