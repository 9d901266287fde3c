// Attendance as people press it: a shift is made, a team, the roster painted with the mouse; a guard clocks in on the phone, also without network; the sheet opens the day; the month is sent, confirmed on the phone and closed.
import { beforeAll, expect, test } from 'vitest'
import { attendance } from '../../src/modules/attendance/contract.ts'
import { at, punch, workOf, type Work } from '../attendance_kit.ts'
import { NOW, hire, orgOf, type Org } from '../staff_kit.ts'
import { lasting } from '../votes_kit.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let org: Org
let k: Work
let guard: Awaited<ReturnType<Stage['t']['hire']>>
let employee_id: string
beforeAll(async () => {
  s = await stage({ at: NOW })
  org = await orgOf(s.t, s.w.community_id)
  guard = await s.t.hire('guard', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  await lasting(s.t)
  ;({ employee_id } = await hire(s.t.as('admin'), org, s.w.community_id, { name: '陈保安', account_id: guard.account_id }))
  k = await workOf(s.t, s.w.community_id)
}, 240_000)

test('the office makes a shift, puts somebody into a team and paints his roster', async () => {
  const page = await s.window({ width: 1440, token: s.t.tokens.get('admin')! })
  await page.goto(`${s.base}/admin/attendance/setup`)
  await page.getByRole('button', { name: '新增班次' }).click()
  const drawer = page.getByRole('dialog', { name: '新增班次' })
  for (const [label, text] of [['简称', '中'], ['名称', '中班'], ['上班', '14:00'], ['下班', '22:00'], ['依据', '考勤制度']] as const) await drawer.getByLabel(new RegExp(`^${label}`)).fill(text)
  await drawer.getByRole('button', { name: '保存' }).click()
  await page.getByText('中班 14:00–22:00').waitFor()
  await page.goto(`${s.base}/admin/attendance/teams/${k.team_id}`)
  await page.getByRole('button', { name: '编入员工' }).click()
  const join = page.getByRole('dialog', { name: /编入 秩序组/ })
  await join.getByRole('button', { name: /全选没有考勤组的/ }).click()
  await join.getByRole('button', { name: '保存' }).click()
  await page.getByRole('row', { name: /陈保安/ }).waitFor()
  await page.goto(`${s.base}/admin/attendance/roster`)
  await page.getByRole('button', { name: /^白 白班/ }).click()
  const cell = (day: string) => page.getByRole('button', { name: new RegExp(`^陈保安 ${day}`) })
  const [from, to] = [await cell('2026-03-05').boundingBox(), await cell('2026-03-06').boundingBox()]
  await page.mouse.move(from!.x + 10, from!.y + 10)
  await page.mouse.down()
  await page.mouse.move(to!.x + 10, to!.y + 10, { steps: 4 })
  await page.mouse.up()
  await cell('2026-03-06 白').waitFor()
  await expect.poll(async () => (await s.t.as('admin')(attendance.roster, { team_id: k.team_id, month: '2026-03' })).cells.length).toBe(2)
  // By key: the brush on the cell with the focus.
  await cell('2026-03-06').focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press(' ')
  await cell('2026-03-07 白').waitFor()
  await expectAccessible(page)
}, 240_000)

test('a guard clocks in on the phone, and without network it waits and is sent', async () => {
  const page = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
  await page.goto(`${s.base}/staff/attendance`)
  await page.getByText('秩序组', { exact: true }).waitFor()
  await page.getByRole('button', { name: '上班打卡' }).click()
  await expect.poll(async () => (await s.t.as('admin')(attendance.punches, {})).total).toBe(1)
  await page.getByRole('region', { name: '打卡记录' }).getByText(/上班/).waitFor()
  await expectAccessible(page)
  await page.context().setOffline(true)
  await page.getByRole('button', { name: '下班打卡' }).click()
  await page.getByRole('region', { name: '待上传' }).getByText(/下班卡/).waitFor()
  expect((await s.t.as('admin')(attendance.punches, {})).total).toBe(1)
  await page.context().setOffline(false)
  await expect.poll(async () => (await s.t.as('admin')(attendance.punches, {})).total, { timeout: 60_000 }).toBe(2)
}, 240_000)

test('the sheet opens the day; the month is sent, confirmed on the phone and closed', async () => {
  await punch(guard, 'in', at('2026-03-06', '07:58'))
  await punch(guard, 'out', at('2026-03-06', '17:31'))
  await s.itIs(at('2026-04-02', '10:00'))
  try {
    const page = await s.window({ width: 1440, token: s.t.tokens.get('manager')! })
    await page.goto(`${s.base}/admin/attendance/sheet?month=2026-03`)
    await page.getByRole('button', { name: /^陈保安 2026-03-06 √ 正常/ }).click()
    const day = page.getByRole('dialog', { name: '陈保安 2026-03-06' })
    await day.getByText(/打卡时段/).waitFor()
    await expectAccessible(page)
    await day.getByRole('button', { name: '关闭' }).click().catch(() => page.keyboard.press('Escape'))
    await page.getByRole('button', { name: '发员工确认' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /确定|确 定/ }).click()
    await page.getByText('员工确认中').waitFor()
    const phone = await s.window({ width: 390, height: 844, face: 'staff', token: guard.token })
    await phone.goto(`${s.base}/staff/attendance/month?month=2026-03`)
    await phone.getByRole('button', { name: '确认无误' }).click()
    await phone.getByRole('dialog').getByRole('button', { name: '确认', exact: true }).click()
    await phone.getByText(/确认。/).waitFor()
    await expectAccessible(phone)
    await page.reload()
    await page.getByText('已确认 1').waitFor()
    await page.getByRole('button', { name: '关账', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: /确定|确 定/ }).click()
    await page.getByText('已关账').first().waitFor()
    expect((await s.t.as('admin')(attendance.sheet, { month: '2026-03' })).rows[0]).toMatchObject({ employee_id, closed: true, confirm: 'confirmed' })
  } finally {
    await s.itIs(NOW)
  }
}, 240_000)

test('the sheet and the roster fit a phone', async () => {
  const page = await s.window({ width: 390, height: 844, token: s.t.tokens.get('manager')! })
  for (const path of ['sheet', 'roster', 'punches', 'fixes', 'teams', 'setup']) {
    await page.goto(`${s.base}/admin/attendance/${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThan(2)
  }
}, 240_000)
