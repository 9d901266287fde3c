// A lift whose certificate runs out, and a quality check with eight findings, as the people in them live it. The clock stands where the story is.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { runSchedule } from '../../src/kernel/worker.ts'
import { equipment } from '../../src/modules/equipment/contract.ts'
import { messages } from '../../src/modules/messages/contract.ts'
import { rounds } from '../../src/modules/rounds/contract.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

type Hired = Awaited<ReturnType<Stage['t']['hire']>>
/** The stories go over days; a sign-in lasts for a shift. */
const stayIn = (s: Stage): Promise<unknown> => s.t.app.d.pool.query(`update identity.session set expires_at = '2030-01-01'`)
const known = (s: Stage): Promise<unknown> => s.t.app.d.pool.query('update identity.account set must_change = false')

describe('a lift certificate that runs out', () => {
  let s: Stage
  let foreman: Hired
  let man: Hired
  let equipment_id: string
  async function itIs(at: string): Promise<void> {
    await s.itIs(at)
    await runSchedule(s.t.app, s.t.app.modules.find((m) => m.name === 'equipment')!.schedules!.find((x) => x.name === 'equipment.certs')!)
    await s.t.drain()
  }
  beforeAll(async () => {
    s = await stage({ at: '2026-11-25T01:00:00Z' })
    const here = { scope_kind: 'community' as const, scope_ids: [s.w.community_id] }
    foreman = await s.t.hire('foreman', here)
    man = await s.t.hire('repairer', here)
    await known(s)
    await stayIn(s)
    const category_id = (await foreman(equipment.categories, {})).rows.find((k) => k.code === 'KTT')!.category_id
    ;({ equipment_id } = await foreman(equipment.saveDevice, { community_id: s.w.community_id, category_id, name: '1 栋 1 单元客梯', place: '1 栋 1 单元', zone_id: null, building_id: s.w.buildings['1']!, unit_id: null, area_id: null, parent_id: null, keeper_id: man.account_id, maker: null, model: null, serial: null, made_on: null, installed_on: null, used_on: '2024-12-01', warranty_on: null, supplier: null, supplier_phone: null, purchase_fen: null, details: {}, standards: { install: null, repair: null, replace: null }, note: null }))
    const file_id = randomUUID()
    await s.t.inside((x) => sql`insert into kernel.file (company_id, file_id, sha256, name, type, size_bytes, purpose, created_by, created_at, expires_at) values (${x.company_id}, ${file_id}, ${'ab'.repeat(32)}, 'report.pdf', 'application/pdf', 9, 'proof', ${foreman.account_id}::uuid, ${x.now}, ${x.now})`.execute(x.db))
    const kind_id = (await foreman(equipment.certKinds, {})).rows.find((k) => k.code === 'lift_inspect')!.kind_id
    await foreman(equipment.saveCert, { kind_id, community_id: s.w.community_id, equipment_id, account_id: null, holder: null, no: 'TZ-2025-118', issuer: '宝鸡市特种设备检验所', result: 'pass', valid_from_on: '2025-12-02', note: null, file_ids: [file_id] })
  }, 240_000)

  test('told a week before, red when it is over and to be stopped on every phone, green with the new report', async () => {
    await itIs('2026-11-25T02:00:00Z')
    const desk = await s.window({ width: 1440, token: foreman.token })
    await desk.goto(`${s.base}/admin/equipment/certs?light=near`)
    await desk.getByText('还有 6 天').waitFor()
    expect((await man(messages.inbox, {})).rows.map((m) => m.title)).toEqual([expect.stringContaining('电梯定期检验还有 6 天到期') as string])
    const phone = await s.window({ width: 390, height: 844, face: 'staff', token: man.token })
    await phone.goto(`${s.base}/staff/equipment/${equipment_id}`)
    await phone.getByText('至 2026-12-01').waitFor()
    expect(await phone.getByText('须停用,请勿投入运行').count()).toBe(0)

    await itIs('2026-12-02T02:00:00Z')
    expect((await man(messages.inbox, {})).rows[0]!.title).toBe('电梯定期检验已过期 1 天')
    await phone.reload()
    await phone.getByRole('alert').getByText('检验证件已过期,须停用,请勿投入运行').waitFor()
    await expectAccessible(phone)
    await desk.goto(`${s.base}/admin/equipment/certs?light=expired`)
    await desk.getByText('过期 1 天').waitFor()
    await desk.getByText('须停用', { exact: true }).first().waitFor()
    await desk.goto(`${s.base}/admin/equipment/devices/${equipment_id}`)
    await desk.getByText('证件过期,须停用').waitFor()
    await desk.getByRole('button', { name: '停用', exact: true }).click()
    const stop = desk.getByRole('dialog')
    await stop.getByLabel('原因').fill('定期检验过期,停梯待检')
    await stop.getByRole('button', { name: /^停\s?用$/ }).click()
    await stop.waitFor({ state: 'hidden' })
    expect((await foreman(equipment.device, { equipment_id })).state).toBe('stopped')

    // Inspected anew; without its report it is refused.
    await itIs('2026-12-04T02:00:00Z')
    await desk.goto(`${s.base}/admin/equipment/certs?light=expired`)
    await desk.getByRole('row', { name: /客梯/ }).getByRole('button', { name: '登记' }).click()
    const form = desk.getByRole('dialog')
    await form.getByLabel('检验、发证或作业单位').fill('宝鸡市特种设备检验所')
    await form.getByRole('button', { name: /^保\s?存$/ }).click()
    await form.getByText(/要有凭证|请上传|凭证/).first().waitFor()
    await form.locator('input[type=file]').setInputFiles({ name: '检验报告.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% lift\n') })
    await form.getByText('检验报告.pdf').waitFor()
    // With the clock of the page standing still the icon of the first try may stay in the button's name.
    await form.getByRole('button', { name: /保\s?存$/ }).click()
    await form.waitFor({ state: 'hidden' })
    const light = async (): Promise<string | undefined> => (await foreman(equipment.certBoard, { equipment_id })).rows.find((r) => r.kind_name === '电梯定期检验')?.light
    await expect.poll(light, { timeout: 120_000 }).toBe('good')
    await foreman(equipment.setState, { equipment_id, action: 'use', from_on: '2026-12-04', reason: '检验合格' })
    await phone.reload()
    await phone.getByText('至 2027-12-03').waitFor()
    expect(await phone.getByText('须停用,请勿投入运行').count()).toBe(0)
  }, 400_000)
})

describe('a quality check with eight findings', () => {
  let s: Stage
  let inspector: Hired
  let cleaner: Hired
  let head: Hired
  const DAY = '2026-11-26'
  beforeAll(async () => {
    s = await stage({ at: '2026-11-26T01:30:00Z' })
    const { community_id } = s.w
    const here = { scope_kind: 'community' as const, scope_ids: [community_id] }
    inspector = await s.t.hire('inspector', here)
    cleaner = await s.t.hire('cleaner', here)
    head = await s.t.hire('foreman', here)
    await known(s)
    await stayIn(s)
    const kinds = (await s.t.as('admin')(rounds.kinds, {})).rows
    const { checklist_id } = await s.t.as('admin')(rounds.saveChecklist, { kind_id: kinds.find((k) => k.code === 'cleaning')!.kind_id, name: '楼道保洁检查表', retired: false, items: [{ item_id: 'clean', text: '扶手无灰', answer: 'tick', choices: [], low: null, high: null, unit: null, photo: 'no', points: 5 }] })
    const points: string[] = []
    for (let n = 1; n <= 8; n++) points.push((await head(rounds.savePoint, { community_id, building_id: null, name: `${n} 号楼道`, place: '', proof: 'none', nfc_id: null, retired: false })).point_id)
    const { route_id } = await head(rounds.saveRoute, { community_id, name: '品质检查线', ordered: false, retired: false, stops: points.map((point_id) => ({ point_id, checklist_id, travel_seconds: 0 })) })
    const { crew_id } = await head(rounds.saveCrew, { community_id, name: '品质', account_ids: [inspector.account_id], retired: false })
    const { plan_id } = await head(rounds.savePlan, { community_id, kind_id: kinds.find((k) => k.code === 'quality')!.kind_id, name: '品质督查', route_id, checklist_id: null, crew_id, rule: { kind: 'daily', windows: [{ from: '09:00', to: '12:00' }] }, from_on: DAY, to_on: null, grace_minutes: 60, photo: false })
    await head(rounds.activatePlans, { plan_ids: [plan_id] })
  }, 240_000)

  test('each written down with its deadline, put right with a photo, looked at again by somebody else; the score goes to the cleaners', async () => {
    const phone = await s.window({ width: 390, height: 844, face: 'staff', token: inspector.token })
    await phone.goto(`${s.base}/staff/rounds`)
    await phone.getByText('品质督查').first().click()
    await phone.getByRole('button', { name: '到点:1 号楼道' }).click()
    const count = async (state: 'open' | 'mended' | 'closed'): Promise<number> => (await head(rounds.findings, { state })).total
    for (let n = 1; n <= 8; n++) {
      const stop = phone.getByRole('dialog', { name: `${n}. ${n} 号楼道` })
      await stop.waitFor()
      await stop.getByRole('group', { name: '扶手无灰' }).getByRole('button', { name: '异常' }).click()
      await stop.getByLabel('什么问题').fill(`${n} 号楼道扶手积灰`)
      await stop.getByRole('group', { name: '怎样处理' }).getByRole('button', { name: '限期整改' }).click()
      await stop.getByRole('button', { name: '保存,下一个' }).click()
      await expect.poll(() => count('open'), { timeout: 120_000 }).toBe(n)
    }
    const [task] = (await head(rounds.tasks, { from_on: DAY, to_on: DAY })).rows
    expect(task).toMatchObject({ state: 'done', abnormal_count: 8, checked_count: 8 })

    const hands = await s.window({ width: 390, height: 844, face: 'staff', token: cleaner.token })
    await hands.goto(`${s.base}/staff/rounds/findings`)
    await hands.getByRole('button', { name: '整改完成' }).nth(7).waitFor()
    await expectAccessible(hands)
    await hands.getByRole('button', { name: '整改完成' }).first().click()
    await hands.getByLabel('怎样整改的').fill('已擦拭')
    await hands.getByLabel('整改后照片', { exact: true }).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: PIXEL })
    await hands.getByAltText('照片 1').waitFor()
    await hands.getByRole('button', { name: '提交,等复查' }).click()
    await expect.poll(() => count('mended'), { timeout: 120_000 }).toBe(1)
    for (const f of (await head(rounds.findings, { state: 'open' })).rows) await cleaner(rounds.mendFinding, { finding_id: f.finding_id, note: '已擦拭' })

    const desk = await s.window({ width: 1440, token: head.token })
    await desk.goto(`${s.base}/admin/rounds/findings?state=mended`)
    await desk.getByText('8 号楼道扶手积灰').waitFor()
    await expectAccessible(desk)
    const list = (await head(rounds.findings, { state: 'mended' })).rows
    expect(list).toHaveLength(8)
    await head(rounds.backFinding, { finding_id: list[0]!.finding_id, reason: '背面仍有灰' })
    for (const f of list.slice(1)) await head(rounds.closeFinding, { finding_id: f.finding_id })
    await hands.reload()
    await hands.getByText('背面仍有灰').waitFor()
    await cleaner(rounds.mendFinding, { finding_id: list[0]!.finding_id, note: '背面已擦' })
    await head(rounds.closeFinding, { finding_id: list[0]!.finding_id })
    expect(await count('closed')).toBe(8)
    expect((await head(rounds.scores, { from_on: DAY, to_on: DAY, quality_only: true })).rows).toEqual([expect.objectContaining({ department: '保洁部', got: 0, max: 40, finding_count: 8, open_count: 0 })])
  }, 400_000)
})
/** One pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
