// 表决规则 of a community: in force now, what comes, and a new one by its day.
import { Alert, Button, Checkbox, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd'
import { Suspense, lazy, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { HOUSE_KINDS, votes, type MatterRule, type Rule } from '../contract.ts'
import { ruleText } from '../rule_text.ts'
import { said } from '../shown.ts'

const DayInput = lazy(() => import('../../../ui/dates.tsx').then((m) => ({ default: m.DayInput })))
export default function RulesPage() {
  const { place_id, places } = usePlace()
  const [chosen, setChosen] = useState<string>()
  const community_id = place_id ?? chosen ?? places[0]?.id ?? ''
  const reading = useRead(votes.rules, { community_id }, { enabled: community_id !== '' })
  const [editing, setEditing] = useState(false)
  const d = reading.data
  return (
    <ReadPage title="表决规则" loading={false} error={null} actions={<>{!place_id && places.length > 1 ? <Select aria-label="小区" style={{ width: 160 }} value={community_id} onChange={setChosen} options={places.map((p) => ({ value: p.id, label: p.name }))} /> : null}{d?.can_write ? <Button type="primary" onClick={() => setEditing(true)}>设定新规则</Button> : null}</>}>
      {reading.error ? <ErrorBlock error={reading.error} retry={reading.retry} /> : !d ? <LoadingBlock /> : (
        <div className="hy-card hy-stack">
          {d.own ? null : <Alert type="info" showIcon title="这个小区还没有设定规则,按法定的计票" />}
          {d.next ? <Alert type="info" showIcon title={`${d.next.from_on} 起有新规则:${d.next.basis}`} /> : null}
          <Facts facts={facts(d.now)} />
          <RowsTable label="各类事项" rows={d.now.matters} row_key="matter" empty="" columns={[{ key: 'matter', title: '事项', width: 240, show: (m) => said('matter', m.matter) }, { key: 'method', title: '计票方法', width: 100, show: (m) => said('method', m.method) }, { key: 'text', title: '通过条件', width: 520, show: (m) => ruleText(m) }]} />
          <p className="hy-muted">没有投票的不计入同意,也不计入反对:民法典第二百七十八条只数参与表决的。</p>
        </div>
      )}
      {editing && d ? <RuleDrawer community_id={community_id} now={d.now} close={() => setEditing(false)} /> : null}
    </ReadPage>
  )
}
const facts = (r: Rule): [string, string][] => [
  ['生效', r.from_on], ['计入面积和人数', r.counted_kinds.map((k) => said('house', k)).join('、')], ['委托', `一人最多受托 ${r.proxy_max} 票${r.staff_barred ? ',物业员工不得受托' : ''}`], ['公示', `定期会议 ${r.notice_days} 天,临时会议 ${r.notice_days_extra} 天`], ['表决期', `${r.vote_days_min} 至 ${r.vote_days_max} 天,含延长`], ['结果', `截止后 ${r.publish_days} 天内公布,公示 ${r.posting_days} 天`], ['依据', r.basis],
]
function RuleDrawer({ community_id, now, close }: { community_id: string; now: Rule; close: () => void }) {
  const save = useWrite(votes.saveRule, { in_form: true, done: '已设定' })
  const [v, setV] = useState<Rule>({ ...now, from_on: today() })
  const change = (i: number, x: Partial<MatterRule>) => setV({ ...v, matters: v.matters.map((m, n) => (n === i ? { ...m, ...x } : m)) })
  const number = (key: 'proxy_max' | 'notice_days' | 'notice_days_extra' | 'vote_days_min' | 'vote_days_max' | 'publish_days' | 'posting_days', label: string) => <Form.Item key={key} label={label} htmlFor={`ru-${key}`}><InputNumber id={`ru-${key}`} min={0} max={366} value={v[key]} onChange={(n) => setV({ ...v, [key]: n ?? 0 })} /></Form.Item>
  const part = (i: number, label: string, num: 'quorum_num' | 'pass_num', den: 'quorum_den' | 'pass_den') => <span className="hy-line" style={{ gap: 4 }}>{label}<InputNumber aria-label={`${label}分子`} size="small" style={{ width: 58 }} min={1} max={1000} value={v.matters[i]![num]} onChange={(n) => change(i, { [num]: n ?? 1 })} />/<InputNumber aria-label={`${label}分母`} size="small" style={{ width: 58 }} min={1} max={1000} value={v.matters[i]![den]} onChange={(n) => change(i, { [den]: n ?? 1 })} /></span>
  return (
    <Drawer open title="设定表决规则" onClose={close} size={820} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => void save.run({ community_id, ...v }).then((ok) => { if (ok) close() })}>设定</Button></div>}>
      <Form layout="vertical" className="hy-form">
        {save.error ? <Alert className="hy-form-alert" type="error" showIcon title={save.error.message} /> : null}
        <Form.Item label="生效日" htmlFor="ru-from"><Suspense fallback={null}><DayInput id="ru-from" value={v.from_on} onChange={(x) => setV({ ...v, from_on: (x as string | null) ?? v.from_on })} /></Suspense></Form.Item>
        <Form.Item label="依据" htmlFor="ru-basis"><Input id="ru-basis" maxLength={300} placeholder="如 花园小区业主大会议事规则第十二条" value={v.basis} onChange={(e) => setV({ ...v, basis: e.target.value })} /></Form.Item>
        <Form.Item label="计入面积和人数的房产" extra="车位、车库、储藏室是否计入依当地规定和议事规则"><Checkbox.Group value={v.counted_kinds} onChange={(x) => setV({ ...v, counted_kinds: x })} options={HOUSE_KINDS.map((k) => ({ value: k, label: said('house', k) }))} /></Form.Item>
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>{number('proxy_max', '一人最多受托(票)')}<Form.Item label="物业员工不得受托" htmlFor="ru-staff"><Switch id="ru-staff" checked={v.staff_barred} onChange={(staff_barred) => setV({ ...v, staff_barred })} /></Form.Item>{number('notice_days', '定期会议公示(天)')}{number('notice_days_extra', '临时会议公示(天)')}</div>
        <div className="hy-line" style={{ alignItems: 'flex-start' }}>{number('vote_days_min', '表决期最短(天)')}{number('vote_days_max', '表决期最长(天)')}{number('publish_days', '几天内公布')}{number('posting_days', '结果公示(天)')}</div>
        {v.matters.map((m, i) => (
          <div key={m.matter} role="group" aria-label={said('matter', m.matter)} style={{ marginBottom: 12 }}>
            <div><strong>{said('matter', m.matter)}</strong></div>
            <div className="hy-line">
              <Select aria-label="计票方法" size="small" style={{ width: 110 }} value={m.method} disabled={m.matter !== 'fund_use'} onChange={(method: MatterRule['method']) => change(i, method === 'objection' ? { method, pass_num: 1, pass_den: 3, inclusive: true } : { method, pass_num: 1, pass_den: 2, inclusive: false })} options={[{ value: 'majority', label: said('method', 'majority') }, { value: 'objection', label: said('method', 'objection') }]} />
              {m.method === 'majority' ? part(i, '参与', 'quorum_num', 'quorum_den') : null}{part(i, m.method === 'majority' ? '同意' : '反对不超过', 'pass_num', 'pass_den')}
              {m.method === 'majority' ? <Checkbox checked={m.inclusive} onChange={(e) => change(i, { inclusive: e.target.checked })}>以上(含本数)</Checkbox> : null}
              <span className="hy-muted">{ruleText(m)}</span>
            </div>
          </div>
        ))}
      </Form>
    </Drawer>
  )
}
