// To which day a part is under warranty, and the life of a claim against the builder: pure.
import type { ClaimAction, ClaimState, WarrantyTerm } from '../../contract.ts'

/** The least periods of 建设工程质量管理条例 40, from the day the works were accepted; in force since 2000-01-30. */
export const LAW: readonly Omit<WarrantyTerm, 'category_ids'>[] = (
  [
    ['基础设施、地基基础和主体结构', 50, 'year', '建设工程质量管理条例第四十条:设计文件规定的合理使用年限,一般住宅 50 年'],
    ['屋面防水、有防水要求的卫生间、房间和外墙面的防渗漏', 5, 'year', '建设工程质量管理条例第四十条:5 年'],
    ['供热与供冷系统', 2, 'season', '建设工程质量管理条例第四十条:2 个采暖期、供冷期'],
    ['电气管线、给排水管道、设备安装', 2, 'year', '建设工程质量管理条例第四十条:2 年'],
    ['装修工程', 2, 'year', '建设工程质量管理条例第四十条:2 年'],
  ] as const
).map(([part, n, unit, basis]) => ({ part, from_on: '2000-01-30', n, unit, season_from: unit === 'season' ? '11-15' : null, season_to: unit === 'season' ? '03-15' : null, basis }))
/** Shipped categories that belong to a part by their name. */
export const PART_OF: Readonly<Record<string, readonly string[]>> = {
  '屋面防水、有防水要求的卫生间、房间和外墙面的防渗漏': ['渗水、返潮', '屋面、外墙渗漏'],
  供热与供冷系统: ['暖气不热'],
  '电气管线、给排水管道、设备安装': ['水管漏水、爆管', '下水堵塞', '开关、插座、灯具', '停电、漏电', '对讲、门禁终端', '公共水管漏水', '排水、污水外溢', '公共区域停电', '电梯故障停运', '消防设施'],
  装修工程: ['门窗、门锁', '墙面、地面', '路面、井盖、台阶', '扶手、护栏、标识'],
}

const sameDay = (day: string, years: number): string => {
  const at = `${String(Number(day.slice(0, 4)) + years).padStart(4, '0')}${day.slice(4)}`
  // 29 February of a year without one.
  return at.endsWith('-02-29') && new Date(`${at}T00:00:00Z`).toISOString().slice(0, 10) !== at ? `${at.slice(0, 8)}28` : at
}
/** The last day under warranty: the same day n years later (民法典 201, 202: the first day does not count). A season counts when it begins after the works were accepted. */
export function coveredUntil(accepted_on: string, t: Pick<WarrantyTerm, 'n' | 'unit' | 'season_from' | 'season_to'>): string {
  if (t.unit === 'year') return sameDay(accepted_on, t.n)
  const first = accepted_on.slice(5) <= t.season_from! ? Number(accepted_on.slice(0, 4)) : Number(accepted_on.slice(0, 4)) + 1
  const last = first + t.n - 1
  return `${t.season_to! < t.season_from! ? last + 1 : last}-${t.season_to!}`
}
/** The version of each part that holds for works accepted on a day. */
export function termsFor<T extends Pick<WarrantyTerm, 'part' | 'from_on'>>(newest_first: readonly T[], accepted_on: string): T[] {
  const found = new Map<string, T>()
  for (const t of newest_first) if (t.from_on <= accepted_on && !found.has(t.part)) found.set(t.part, t)
  return [...found.values()]
}

const OPEN: readonly ClaimState[] = ['sent', 'promised']
export const CLAIM_MOVES: Readonly<Record<ClaimAction, { from: readonly ClaimState[]; to: ClaimState }>> = {
  promise: { from: ['sent'], to: 'promised' },
  refuse: { from: OPEN, to: 'refused' },
  /** A deadline passed without answer or repair: as good as refused. */
  lapse: { from: OPEN, to: 'refused' },
  repaired: { from: OPEN, to: 'repaired' },
  own: { from: ['refused'], to: 'own' },
  ask: { from: ['own'], to: 'deducting' },
  deduct: { from: ['deducting'], to: 'deducted' },
  /** The deduction was not approved. */
  back: { from: ['deducting'], to: 'own' },
  drop: { from: ['sent', 'promised', 'refused'], to: 'dropped' },
}
export const isLate = (c: { state: ClaimState; answer_by_on: string; repair_by_on: string }, today: string): boolean => (c.state === 'sent' && c.answer_by_on < today) || (c.state === 'promised' && c.repair_by_on < today)
