// A newcomer draws a plan in a real browser: an SVG becomes PNG on the way, doors are placed by clicks, moved by the arrows and by dragging, found by a link from elsewhere.
import { beforeAll, expect, test } from 'vitest'
import { doors } from '../../src/modules/doors/contract.ts'
import { siteplan } from '../../src/modules/siteplan/contract.ts'
import { expectAccessible, stage, type Stage } from './stage.ts'

let s: Stage
let head: Awaited<ReturnType<Stage['t']['hire']>>
const ids: string[] = []
// It would run a script and ask another machine for a picture if it were shown as it is.
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400" width="600" height="400"><script>document.title = "ran"</script><rect width="600" height="400" fill="#e8efe2"/><rect x="60" y="60" width="200" height="80" fill="#cfd8e6" stroke="#333"/><image href="http://127.0.0.1:9/x.png" width="10" height="10"/></svg>'

beforeAll(async () => {
  s = await stage()
  head = await s.t.hire('guard_head', { scope_kind: 'community', scope_ids: [s.w.community_id] })
  await s.t.app.d.pool.query('update identity.account set must_change = false')
  const admin = s.t.as('admin')
  const { controller_id } = await admin(doors.saveController, { community_id: s.w.community_id, name: '控制器', serial_no: null, retired: false })
  for (const [i, name] of ['北门', '南门'].entries()) ids.push((await admin(doors.saveDoor, { controller_id, port_no: i + 1, building_id: null, unit_no: null, name, kind: 'gate', fire_release: true, held_s: 30, retired: false })).door_id)
}, 240_000)

test('from nothing to a plan with its doors', async () => {
  const page = await s.window({ width: 1440, token: head.token })
  await page.goto(`${s.base}/admin/siteplan`)
  await page.getByRole('link', { name: '去新增并上传' }).click()
  await page.getByRole('button', { name: '新增平面图' }).first().click()
  await page.getByLabel('名称').fill('全区')
  await page.getByRole('button', { name: /保\s*存/ }).click()
  await page.getByText('上传 全区').waitFor()
  await page.locator('input[type=file]').setInputFiles({ name: '全区.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(SVG) })
  await page.getByText('全区.png').waitFor()
  await page.getByRole('button', { name: /保\s*存/ }).last().click()
  await page.getByText('已上传,第 1 版').waitFor()
  const { rows } = await head(siteplan.plans, {})
  expect(rows[0]!.version).toMatchObject({ width_px: 3000, height_px: 2000 })
  const plan_id = rows[0]!.plan_id
  const pins = async () => (await head(siteplan.plan, { plan_id })).pins.toSorted((a, b) => a.name.localeCompare(b.name, 'zh')).map((p) => [p.name, p.x_permille, p.y_permille] as const)

  await page.goto(`${s.base}/admin/siteplan?edit=1`)
  await page.getByRole('button', { name: '完成编辑' }).waitFor()
  await page.getByRole('combobox', { name: '种类' }).click()
  await page.locator('.ant-select-item-option').filter({ hasText: /^门$/ }).click()
  await page.getByText('还没有放的 2 个').waitFor()
  const sheet = page.locator('.sp-sheet')
  const box = (await sheet.boundingBox())!
  // The first is chosen by itself, the second once the first stands there.
  await page.mouse.click(box.x + box.width * 0.25, box.y + box.height * 0.5)
  await page.getByText('还没有放的 1 个').waitFor()
  await page.getByRole('button', { name: '把「南门」放到图中央' }).waitFor()
  await page.mouse.click(box.x + box.width * 0.75, box.y + box.height * 0.5)
  await page.getByText('都放好了').waitFor()
  const [north, south] = (await pins()) as [readonly [string, number, number], readonly [string, number, number]]
  expect([north[0], south[0]]).toEqual(['北门', '南门'])
  for (const [at, x] of [[north, 250], [south, 750]] as const) expect(Math.abs(at[1] - x)).toBeLessThanOrEqual(3)

  // By the keys, and by dragging.
  const pin = page.getByRole('button', { name: /^门,.*北门/ })
  await pin.focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => (await pins())[0]![1]).toBe(north[1] - 10)
  await page.keyboard.press('Shift+ArrowDown')
  await expect.poll(async () => (await pins())[0]![2]).toBe(north[2] + 1)
  const glyph = (await page.getByRole('button', { name: /^门,.*南门/ }).locator('.sp-glyph').boundingBox())!
  await page.mouse.move(glyph.x + glyph.width / 2, glyph.y + glyph.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.3, { steps: 4 })
  await page.mouse.up()
  await expect.poll(async () => Math.abs((await pins())[1]![1] - 600) <= 3 && Math.abs((await pins())[1]![2] - 300) <= 3).toBe(true)

  // From a door's row, and what it says there.
  await page.goto(`${s.base}/admin/siteplan?at=door.${ids[0]}`)
  await page.getByRole('dialog').getByText('离线').waitFor()
  await page.getByRole('dialog').getByRole('link', { name: '通行记录' }).waitFor()
  await expectAccessible(page)
  expect(await page.title()).not.toBe('ran')
}, 180_000)
