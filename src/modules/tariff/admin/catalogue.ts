// The 34 shapes with an example each: the files of docs/tariffs, which tests run.
interface Example {
  shape: number
  title: string
  tariff: Record<string, unknown>
  cases: Record<string, unknown>[]
}
const files = import.meta.glob<Example>('../../../../docs/tariffs/*.json', { eager: true, import: 'default' })
export const CATALOGUE: readonly Example[] = Object.values(files).sort((a, b) => a.shape - b.shape)
/** The newest version of an example, as a draft takes it. */
export function specOf(x: Record<string, unknown>): Record<string, unknown> {
  const { versions, version_change: _v, name: _n, basis: _b, source: _s, ...own } = x
  if (!Array.isArray(versions)) return own
  const { from_on: _f, basis: _c, ...last } = versions.at(-1) as Record<string, unknown>
  return { ...own, ...last }
}
