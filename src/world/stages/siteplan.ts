// The site plan of 花园小区: drawn from its buildings, with what stands in the register placed by the words of its place; a few things are left for whoever tries it.
import { Readable } from 'node:stream'
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { saveUpload } from '../../kernel/files.ts'
import { siteplan, type SubjectKind } from '../../modules/siteplan/contract.ts'
import { at, inside, several } from '../caller.ts'
import { WAYS, buildingSpots, permille, sitePicture, spotOf } from '../plan/site_plan.ts'
import { must, type Town } from '../town.ts'

/** Of each kind so many at most: a plan is to be read. */
const MOST: Record<Exclude<SubjectKind, 'building'>, number> = { device: 24, door: 16, camera: 16, lane: 6, equipment: 22, sign: 8, point: 4 }
const SPREAD = 34
const MARKS = [['exit', '南门', 1060, 1450], ['exit', '西门', 40, 830], ['exit', '东门', 2360, 830], ['control', null, 960, 1205], ['phone', null, 1015, 1240]] as const
export async function drawSite(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('siteplan', 'done')) return
  const head = must(t, 'zhixu')
  const began = t.calendar.until
  const name = '花园小区全区平面图.png'
  const { rows } = await inside(t.app, t.company_id, (s) => sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${t.company_id} and name = ${name} and purpose = 'plan' limit 1`.execute(s.db))
  const { plan_id } = await at(began, () => t.road.call(head, ['siteplan plan'], siteplan.savePlan, { community_id, kind: 'site', name: '全区平面图', sort_no: 1 }))
  const file_id = rows[0]?.file_id ?? (await at(began, () => saveUpload(t.app, head, { purpose: 'plan', name, body: Readable.from([sitePicture()]) }))).file_id
  const { version_id } = await at(began, () => t.road.call(head, ['siteplan version'], siteplan.addVersion, { plan_id, file_id, from_on: addDays(t.calendar.today, -60), copy: false, note: '按竣工图绘制' }))
  const manager = must(t, 'jingli')
  const used = new Map<string, number>()
  const free = (x: number, y: number): { x_permille: number; y_permille: number } => {
    const key = `${x} ${y}`
    const n = used.get(key) ?? 0
    used.set(key, n + 1)
    // Side by side under the name of the place, five a row.
    return permille([x + ((n % 5) - 2) * SPREAD, y + 4 + (1 + Math.floor(n / 5)) * SPREAD])
  }
  const list: { kind: SubjectKind; subject_id: string; at: { x_permille: number; y_permille: number } }[] = []
  for (const b of (await t.road.ask(manager, siteplan.candidates, { version_id, kind: 'building' })).rows) {
    const spot = b.no ? buildingSpots.get(b.no) : undefined
    if (spot) list.push({ kind: 'building', subject_id: b.subject_id, at: permille(spot) })
  }
  for (const [kind, most] of Object.entries(MOST) as [Exclude<SubjectKind, 'building'>, number][]) {
    let n = 0
    for (const s of (await t.road.ask(manager, siteplan.candidates, { version_id, kind })).rows) {
      const spot = spotOf(`${s.building_name ?? ''} ${s.place} ${s.name}`)
      if (!spot || n >= most) continue
      n += 1
      list.push({ kind, subject_id: s.subject_id, at: free(...spot) })
    }
  }
  await several(list, (p) => t.road.call(manager, ['siteplan pin', p.kind, p.subject_id], siteplan.placePin, { version_id, kind: p.kind, subject_id: p.subject_id, ...p.at }))
  for (const [mark, label, x, y] of MARKS) await t.road.call(head, ['siteplan mark', mark, x], siteplan.placePin, { version_id, kind: 'mark', mark, label, ...permille([x, y]) })
  for (const [n, w] of WAYS.entries()) await t.road.call(head, ['siteplan way', n], siteplan.saveLine, { version_id, kind: w.kind, points: w.points.map((p): [number, number] => { const q = permille(p); return [q.x_permille, q.y_permille] }) })
  await t.road.call(head, ['siteplan', 'done'], siteplan.savePlan, { plan_id, community_id, kind: 'site', name: '全区平面图', sort_no: 0 })
}
