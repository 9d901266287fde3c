// What a building is called and counted as when only its houses are known: an import names houses, S-01 or G-12, and no building.
const ONLY: readonly (readonly [string, (no: string) => string, 'commercial' | 'car_park' | 'service'])[] = [
  ['shop', (no) => `商铺${no}区`, 'commercial'],
  ['office', (no) => `写字楼${no}座`, 'commercial'],
  ['bay', (no) => `车位${no}区`, 'car_park'],
  ['garage', (no) => `车库${no}区`, 'car_park'],
  ['storage', (no) => `储藏${no}区`, 'service'],
]
const only = (kinds: ReadonlySet<string>) => ONLY.find(([kind]) => kinds.size === 1 && kinds.has(kind))

/** 3 → 3栋, A → A座, S with shops alone → 商铺S区. What is already a name stays one. */
export function buildingName(no: string, kinds: ReadonlySet<string>): string {
  if (/^\d+$/.test(no)) return `${no}栋`
  if (!/^[A-Za-z]{1,3}\d{0,3}$/.test(no)) return no
  return only(kinds)?.[1](no) ?? `${no}座`
}
export function buildingKind(kinds: ReadonlySet<string>): 'residential' | 'commercial' | 'mixed' | 'car_park' | 'service' {
  return only(kinds)?.[2] ?? (kinds.has('shop') && kinds.has('dwelling') ? 'mixed' : 'residential')
}
