// Rules of 安居 and 花园小区: five in force, one of them in its second version, one waiting for approval, one draft; most of the staff have read, some have not.
import { sql } from 'kysely'
import { addDays } from '../../kernel/clock.ts'
import { ALL_ID, office, type Link, type Target } from '../../modules/office/contract.ts'
import { system } from '../../modules/system/contract.ts'
import { at, inside, isRefusal } from '../caller.ts'
import { instantAt } from '../plan/calendar.ts'
import { must, type Town } from '../town.ts'

interface Rule { key: string; class_name: string; title: string; days_ago: number; here: boolean; to: readonly (readonly ['all' | 'post', string])[]; body: string; note: string; links?: readonly (readonly [Link['at'], string])[]; reads: readonly string[] }
const LEAK = '# 一、准备\n1. 接单后先电话联系业户,请其关闭户内总阀。\n2. 携带管钳、生料带、堵漏王、抹布、鞋套、手电。\n# 二、现场\n1. 先关阀、断电,再查漏点;水已进电箱的,不得触碰开关。\n2. 公共立管漏水,关闭单元总阀并在单元门张贴停水告示。\n3. 修好后开阀试压 10 分钟,拍前后照片。\n# 三、收尾\n1. 清理现场,请业户验收签字。\n2. 涉及下层住户的,当场通知客服登记。'
const RULES: readonly Rule[] = [
  { key: 'leak', class_name: '工程维修规程', title: '入户水管漏水抢修规程', days_ago: 120, here: false, to: [['post', '维修员'], ['post', '工程科长']], note: '依据公司 2025 年入户维修服务标准', links: [['order_category', '水']], body: LEAK.replace(';水已进电箱的,不得触碰开关', '').replace('10 分钟', '5 分钟'), reads: ['gongcheng', 'weixiu1'] },
  { key: 'patrol', class_name: '秩序维护规程', title: '夜间巡逻作业规程', days_ago: 60, here: true, to: [['post', '秩序员'], ['post', '秩序科长']], note: '依据保安服务操作规程与质量控制 GA/T 594', links: [['round_kind', '巡']], body: '# 一、要求\n1. 22:00 至次日 6:00,每 2 小时一次,两人同行。\n2. 携带对讲机、强光手电、记录手机,着反光背心。\n# 二、必到部位\n1. 消防泵房、配电室、地下车库、围墙死角。\n2. 楼道充电、堵塞通道的,当场拍照上报。\n# 三、异常处置\n1. 发现可疑人员,先报告后靠近,保持安全距离。\n2. 火情立即按火警流程处置,同时呼叫消防控制室。', reads: ['zhixu'] },
  { key: 'power', class_name: '设备操作规程', title: '配电室倒闸操作规程', days_ago: 200, here: false, to: [['post', '维修员'], ['post', '工程科长']], note: '依据 DL/T 596 与公司设备管理制度', links: [['equipment_category', '配电']], body: '1. 操作须两人,一人唱票监护,一人复诵操作,穿绝缘鞋、戴绝缘手套。\n2. 停电:先分负荷侧,后分电源侧;送电相反。\n3. 停电后验电、挂接地线、悬挂「有人工作 禁止合闸」牌。\n4. 操作完毕核对位置指示和仪表,记入运行记录。', reads: ['weixiu1'] },
  { key: 'money', class_name: '财务收费制度', title: '收费票据与现金管理制度', days_ago: 300, here: false, to: [['all', ALL_ID]], note: '依据现金管理暂行条例', body: '1. 收费一律开具系统收据,不得坐支现金。\n2. 当日现金当日交存,备用金不超过 2000 元。\n3. 退款须审批,原路退回。\n4. 收费员离岗须交班盘点,长短款当日报告。', reads: ['caiwu', 'kefu', 'jingli'] },
  { key: 'fire', class_name: '安全与应急制度', title: '消防控制室值班与火警处置制度', days_ago: 15, here: true, to: [['post', '秩序员'], ['post', '秩序科长'], ['post', '经理']], note: '依据 GB 25506 与消防法', body: '1. 24 小时双人值班,持消防设施操作员证。\n2. 接到火警信号,一人到现场确认,一人留守并准备启动应急广播。\n3. 确认火灾,立即拨打 119,将联动控制转入自动,通知项目经理。\n4. 误报须查明原因并记录。', reads: ['zhixu', 'jingli'] },
]
export async function keepRules(t: Town): Promise<void> {
  const community_id = t.ids.community.get('garden')
  if (!community_id || t.road.has('rules', 'done')) return
  const [boss, manager] = [must(t, t.company.admin_login), must(t, 'jingli')]
  const { today, until } = t.calendar
  const ago = (days: number): string => addDays(today, -days)
  await at(instantAt(t.calendar, ago(320), '09:00:00'), () => t.road.call(boss, ['rule classes'], office.addUsualClasses, {}))
  const known = await inside(t.app, t.company_id, async (s) => {
    const { rows: classes } = await sql<{ name: string; id: string }>`select name, class_id as id from office.rule_class where company_id = ${t.company_id}`.execute(s.db)
    const { rows: posts } = await sql<{ name: string; id: string }>`select name, post_id as id from staff.post where company_id = ${t.company_id}`.execute(s.db)
    const { rows: works } = await sql<{ at: Link['at']; name: string; id: string }>`select 'order_category' as at, name, category_id as id from orders.category where company_id = ${t.company_id} and retired_at is null union all select 'round_kind', name, kind_id from rounds.kind where company_id = ${t.company_id} and retired_at is null union all select 'equipment_category', name, category_id from equipment.category where company_id = ${t.company_id} and retired_at is null order by 2`.execute(s.db)
    return { classes: new Map(classes.map((r) => [r.name, r.id])), posts: new Map(posts.map((r) => [r.name, r.id])), works }
  })
  const targets = (r: Rule): Target[] => r.to.flatMap(([kind, name]) => { const target_id = kind === 'all' ? ALL_ID : known.posts.get(name); return target_id ? [{ kind, target_id }] : [] })
  const draft = (r: Rule, from_on: string, o: { doc_id?: string; body?: string; note?: string; n: number }) =>
    t.road.call(boss, ['rule', r.key, o.n], office.saveDraft, { ...(o.doc_id ? { doc_id: o.doc_id } : {}), community_id: r.here ? community_id : null, class_id: known.classes.get(r.class_name)!, title: r.title, body: o.body ?? r.body, change_note: o.note ?? r.note, from_on, must_confirm: true, targets: targets(r), file_ids: [] })
  const agree = async (doc_id: string, key: string): Promise<void> => {
    const { approval_id } = await t.road.call(boss, ['rule asked', key], office.submitDraft, { doc_id })
    await t.road.call(manager, ['rule agreed', key], system.decideApproval, { approval_id, step_no: 1, decision: 'agree', note: '同意执行' })
  }
  for (const r of RULES) {
    if (targets(r).length === 0) continue
    const day = ago(r.days_ago)
    const doc_id = await at(instantAt(t.calendar, day, '10:00:00'), async () => {
      const made = await draft(r, day, { n: 1 })
      await agree(made.doc_id, r.key)
      const links = (r.links ?? []).flatMap(([kind, part]) => known.works.filter((w) => w.at === kind && w.name.includes(part)).slice(0, 6).map((w): Link => ({ at: w.at, target_id: w.id })))
      if (links.length > 0) await t.road.call(boss, ['rule links', r.key], office.saveLinks, { doc_id: made.doc_id, links })
      return made.doc_id
    })
    if (r.key === 'leak') await at(instantAt(t.calendar, ago(10), '10:00:00'), async () => {
      await draft(r, ago(10), { doc_id, n: 2, note: '增加电箱进水时的断电要求,试压时间由 5 分钟改为 10 分钟', body: `${LEAK}\n3. 24 小时内电话回访一次。` })
      await agree(doc_id, 'leak 2')
    })
    const read = instantAt(t.calendar, ago(Math.max(1, Math.min(r.days_ago, 10) - 3)), '18:00:00')
    for (const login of r.reads) await at(read, async () => {
      const who = must(t, login)
      const version_id = await inside(t.app, t.company_id, async (s) => (await sql<{ version_id: string }>`select version_id from office.rule_version where company_id = ${t.company_id} and doc_id = ${doc_id} and state = 'agreed' order by version_no desc limit 1`.execute(s.db)).rows[0]!.version_id)
      await t.road.call(who, ['rule read', r.key, login], office.seeRule, { version_id, confirm: true }).catch((error: unknown) => { if (!isRefusal(error, 'kernel.not_found') && !isRefusal(error, 'office.not_to_confirm')) throw error })
    })
  }
  // One waits for the manager, one is still being written.
  await at(new Date(Date.parse(until) - 7_200_000).toISOString(), async () => {
    const cleaning = { ...RULES[1]!, key: 'clean', class_name: '保洁绿化规程', title: '楼道保洁作业规程', to: [['post', '保洁员']] as const, note: '首次制定', body: '1. 每日清扫一遍,每周拖洗两遍,扶手每日擦拭。\n2. 使用「小心地滑」牌,先干后湿。\n3. 发现乱贴乱堆,拍照上报秩序科。' }
    const asked = await draft(cleaning, addDays(today, 5), { n: 1 })
    await t.road.call(boss, ['rule asked', 'clean'], office.submitDraft, { doc_id: asked.doc_id })
    await draft({ ...RULES[3]!, key: 'visit', class_name: '客户服务规程', title: '入户走访与回访规程', to: [['all', ALL_ID]], note: '首次制定', body: '1. 每户每年至少走访一次,记录诉求。\n2. 维修完成后 24 小时内回访。' }, addDays(today, 10), { n: 1 })
  })
  await t.road.step(boss, ['rules', 'done'], 'signed_in', async () => RULES.length)
}
