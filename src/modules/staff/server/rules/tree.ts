// Departments as a tree on a day, out of their versions. Pure.
export interface Version {
  department_id: string
  from_on: string
  parent_id: string | null
}
/** The parent of each department on a day: the newest version that has begun. Versions come newest first a department. */
export function parentsOn(versions: readonly Version[], day: string): Map<string, string | null> {
  const out = new Map<string, string | null>()
  for (const v of versions) if (v.from_on <= day && !out.has(v.department_id)) out.set(v.department_id, v.parent_id)
  return out
}
/** Somebody who stands above himself on a day, or undefined. */
export function cycleOn(versions: readonly Version[], day: string): string | undefined {
  const parents = parentsOn(versions, day)
  for (const id of parents.keys()) {
    const seen = new Set<string>()
    for (let at: string | null | undefined = id; at; at = parents.get(at)) {
      if (seen.has(at)) return id
      seen.add(at)
    }
  }
  return undefined
}
/** Whether a version makes a circle on its first day or on any later one on which something changes. */
export function circleWith(versions: readonly Version[], fresh: Version): boolean {
  const all = [fresh, ...versions].toSorted((a, b) => (a.from_on < b.from_on ? 1 : a.from_on > b.from_on ? -1 : 0))
  return [...new Set(all.map((v) => v.from_on).filter((d) => d >= fresh.from_on))].some((day) => cycleOn(all, day) !== undefined)
}
