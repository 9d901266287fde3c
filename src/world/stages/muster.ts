// Assembly points of 花园小区 with a drill two days ago: who was on the roll, who came, and a beacon gateway at the pump room.
import { addDays } from '../../kernel/clock.ts'
import { muster } from '../../modules/muster/contract.ts'
import { at } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

const POINTS = [{ name: '中心广场', place: '喷泉东侧空地' }, { name: '南门外', place: '南门外人行道' }]
export async function holdMuster(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('muster', 'done')) return
  const head = must(t, 'zhixu')
  const when = instantAt(t.calendar, addDays(t.calendar.today, -2), '16:00:00')
  const later = (min: number): string => new Date(Date.parse(when) + min * 60_000).toISOString()
  const ids: string[] = []
  for (const p of POINTS) ids.push((await at(when, () => t.road.call(head, ['muster point', p.name], muster.savePoint, { community_id, ...p, retired: false }))).point_id)
  await at(when, () => t.road.call(head, ['muster gateway'], muster.saveGateway, { community_id, name: '泵房信标网关', zone: '地下泵房', retired: false }))
  const guard = must(t, 'zhixuyuan1').who.account_id!
  await at(when, () => t.road.call(head, ['muster tag'], muster.saveTag, { no: 'AC:23:3F:A0:00:01', account_id: guard, retired: false }))
  const { roll_id } = await at(when, () => t.road.call(head, ['muster roll'], muster.startRoll, { community_id, cause: 'drill', title: '3 栋消防疏散演练' }))
  await at(later(1), () => t.road.call(head, ['muster look'], muster.lookRoll, { roll_id }))
  const { entries } = await at(later(2), () => t.road.ask(head, muster.roll, { roll_id }))
  for (const [n, e] of entries.slice(0, 12).entries()) await at(later(3 + n), () => t.road.call(head, ['muster mark', n], muster.markEntry, { roll_id, entry_id: e.entry_id, mark: n % 5 === 4 ? 'found' : 'safe', point_id: n % 5 === 4 ? null : ids[n % 2]!, note: null }))
  await at(later(25), () => t.road.call(head, ['muster', 'done'], muster.closeRoll, { roll_id, note: '演练结束,未到人员已电话确认不在小区' }))
}
