// 我的班次: open with a float, see what came in, count by denomination, hand in, close; then close the day.
import { Alert, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { Figure, MoneyText, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { MoneyInput } from '../../../ui/fields.tsx'
import { instant, money } from '../../../ui/format.ts'
import { optionsOf } from '../../../ui/list.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { FACES, type ShiftDetail } from '../contract_shift.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { ShiftPrint } from './ShiftOnePage.tsx'
import './shift.css'

export default function ShiftPage() {
  const mine = useRead(payment.myShift, {}, { stale_ms: 0 })
  const d = mine.data
  return (
    <ReadPage title="我的班次" loading={mine.loading} error={mine.error} retry={mine.retry} actions={d && !d.shift && !d.day_closed ? <CloseDay received={d.today.payment_count} /> : null}>
      {d ? (
        <div className="hy-stack">
          {d.day_closed ? <Alert type="info" showIcon title="今天已日结,不能再收款。确需补收,请有权限的同事在「收费员日结」中重开。" /> : null}
          <div className="hy-figures">
            <Figure label="今日收款" value={String(d.today.payment_count)} unit="笔" to="/payment/daily" />
            <Figure label="今日现金" value={money(d.today.cash_fen)} unit="元" />
            <Figure label="今日其他方式" value={money(d.today.card_fen + d.today.transfer_fen + d.today.wechat_fen + d.today.alipay_fen + d.today.other_fen)} unit="元" />
            {d.today.refunded_count ? <Figure label="今日退款" value={money(d.today.refunded_fen)} unit={`元,${d.today.refunded_count} 笔`} /> : null}
          </div>
          {d.waiting.map((s) => (s.state === 'recount' ? <Counting key={s.shift_id} s={s} slip={d.rule.bank_needs_slip} /> : <Alert key={s.shift_id} type="warning" showIcon title={`班次 ${s.shift_no} ${(s.difference_fen ?? 0) < 0 ? '短款' : '长款'} ${money(Math.abs(s.difference_fen ?? 0))} 元,等待审批`} action={<Go to={`/payment/shifts/${s.shift_id}`}>查看班次</Go>} />))}
          {d.shift ? <Counting key={d.shift.shift_id} s={d.shift} slip={d.rule.bank_needs_slip} /> : d.day_closed ? null : <Opening places={d.places} last={d.last_community_id} />}
        </div>
      ) : null}
    </ReadPage>
  )
}

function CloseDay({ received }: { received: number }) {
  const close = useWrite(payment.closeDay, { done: (a) => `${a.on_day} 已日结,共 ${a.payment_count} 笔` })
  return <Button disabled={received === 0} title={received === 0 ? '今天没有收款' : ''} loading={close.running} onClick={async () => { if (await confirm({ title: '今天日结?', content: '日结后今天不能再收款,合计不再变动。', ok: '日结' })) await close.run({}) }}>今日日结</Button>
}

function Opening({ places, last }: { places: readonly { community_id: string; name: string }[]; last: string | null }) {
  const { place_id } = usePlace()
  const [community_id, setCommunity] = useState(() => (places.length === 1 ? places[0] : (places.find((p) => p.community_id === place_id) ?? places.find((p) => p.community_id === last)))?.community_id)
  const [float_fen, setFloat] = useState<number | null>(0)
  const open = useWrite(payment.openShift, { in_form: true, done: (a) => `已开班 ${a.shift_no}` })
  return (
    <section className="hy-card hy-stack" aria-label="开班">
      <h2 className="sh-title">开班</h2>
      <p className="hy-muted">清点抽屉里的备用金后开班;开班后的每笔收付都记入本班。</p>
      <Form layout="vertical" className="sh-form" onFinish={() => { if (community_id && float_fen !== null) void open.run({ community_id, float_fen }) }}>
        <Form.Item label="收费点小区" htmlFor="sh-place"><Select id="sh-place" placeholder="请选择今天收款的小区" value={community_id ?? null} onChange={setCommunity} options={places.map((p) => ({ value: p.community_id, label: p.name }))} /></Form.Item>
        <Form.Item label="备用金" htmlFor="sh-float"><MoneyInput id="sh-float" value={float_fen} onChange={(v) => setFloat(typeof v === 'number' ? v : null)} /></Form.Item>
        {open.error ? <Alert type="error" showIcon role="alert" title={open.error.message} /> : null}
        <div className="hy-line"><Button type="primary" htmlType="submit" loading={open.running} disabled={!community_id || float_fen === null}>开班</Button>{community_id ? (float_fen === null ? <span className="hy-muted" role="status">请填备用金,没有就填 0</span> : null) : <span className="hy-muted" role="status">请先选收费点小区</span>}</div>
      </Form>
    </section>
  )
}

interface HandIn {
  to: 'safe' | 'bank'
  amount_fen: number | null
  slip_no: string
}
function Counting({ s, slip }: { s: ShiftDetail; slip: boolean }) {
  const may = useMay()
  const [pieces, setPieces] = useState<Record<number, number>>({})
  const [hands, setHands] = useState<readonly HandIn[]>([{ to: 'safe', amount_fen: null, slip_no: '' }])
  const [reason, setReason] = useState('')
  const count = useWrite(payment.countShift, { in_form: true, done: (a) => (a.state === 'closed' ? '已交班' : '差额已提交审批'), invalidates: 'all' })
  const counted = FACES.reduce((n, f) => n + f * (pieces[f] ?? 0), 0)
  const difference = counted - s.expected_fen
  // Nothing counted yet is no shortage, unless the drawer should be empty.
  const started = counted > 0 || s.expected_fen === 0
  // Left open, the first line hands in everything above the float.
  const sent = (i: number) => filled.slice(0, i).filter((h) => h.amount_fen > 0).length
  const filled = hands.map((h, i) => ({ ...h, amount_fen: h.amount_fen ?? (i === 0 ? Math.max(0, counted - s.float_fen - hands.reduce((n, x) => n + (x.amount_fen ?? 0), 0)) : 0) }))
  const handed = filled.reduce((n, h) => n + h.amount_fen, 0)
  const set = (i: number, change: Partial<HandIn>) => setHands(hands.map((h, k) => (k === i ? { ...h, ...change } : h)))
  const issues = count.error?.problem.issues ?? []
  const state = (path: string) => (issues.some((x) => x.path === path) ? { status: 'error' as const } : {})
  const submit = () =>
    count.run({
      shift_id: s.shift_id,
      pieces: FACES.filter((f) => (pieces[f] ?? 0) > 0).map((face_fen) => ({ face_fen, pieces: pieces[face_fen]! })),
      hand_ins: filled.filter((h) => h.amount_fen > 0).map((h) => ({ to: h.to, amount_fen: h.amount_fen, ...(h.slip_no.trim() ? { slip_no: h.slip_no.trim() } : {}) })),
      ...(reason.trim() ? { difference_reason: reason.trim() } : {}),
    })
  return (
    <section className="hy-card hy-stack" aria-label={`班次 ${s.shift_no}`}>
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        <h2 className="sh-title">班次 {s.shift_no}</h2>
        <StateTag value={s.state} words={words.states?.['shift']} tones={{ open: 'busy', recount: 'warn' }} />
        <span className="hy-muted">{s.community_name} · 开于 {instant(s.opened_at)} · 备用金 {money(s.float_fen)} 元</span>
        <span style={{ flex: 1 }} />
        <ShiftPrint shift_id={s.shift_id} />
      </div>
      <div className="sh-cols">
        <div>
          <RowsTable
            label="收付" rows={s.by_method} row_key="method" empty="本班还没有收付" totals={{ net_fen: money(s.by_method.reduce((n, x) => n + x.net_fen, 0)) }}
            columns={[
              { key: 'method', title: '方式', width: 90, show: (r) => words.states?.['method']?.[r.method] },
              { key: 'count', title: '笔数', width: 70, show: (r) => (may('payment.shift.read') ? <Go to={`/payment/shifts/${s.shift_id}?method=${r.method}`}>{r.count}</Go> : r.count) },
              { key: 'in_fen', title: '收入', width: 110 },
              { key: 'out_fen', title: '付出', width: 100 },
              { key: 'net_fen', title: '净收', width: 110 },
            ]}
          />
          <div className="sh-sum"><span>应有现金(备用金 + 现金净收)</span><MoneyText fen={s.expected_fen} strong /></div>
        </div>
        <div>
          <table className="sh-faces" aria-label="点钞">
            <thead><tr><th>面额</th><th>张数</th><th className="n">金额</th></tr></thead>
            <tbody>
              {FACES.map((f) => (
                <tr key={f}>
                  <td>{f >= 100 ? `${f / 100} 元` : `${f / 10} 角`}</td>
                  <td><Input aria-label={`${f >= 100 ? `${f / 100} 元` : `${f / 10} 角`} 张数`} inputMode="numeric" maxLength={5} value={pieces[f] ? String(pieces[f]) : ''} onChange={(e) => setPieces({ ...pieces, [f]: Number(e.target.value.replace(/\D/g, '')) || 0 })} /></td>
                  <td className="n">{pieces[f] ? money(f * pieces[f]) : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className="sh-sum"><span>实点现金</span><MoneyText fen={counted} strong /></div>
          {started ? <div className="sh-sum"><span>{difference < 0 ? '短款' : difference > 0 ? '长款' : '相符'}</span><MoneyText fen={difference} owed={difference !== 0} sign /></div> : <div className="sh-sum hy-muted"><span>填各面额张数后显示长短款</span></div>}
        </div>
        <div className="hy-stack">
          {hands.map((h, i) => (
            <div key={i} className="sh-hand">
              <Select aria-label={`交款去向 ${i + 1}`} value={h.to} options={optionsOf(words.states?.['hand_in'])} onChange={(v) => set(i, { to: v as 'safe' | 'bank' })} />
              <MoneyInput aria-label={`交款金额 ${i + 1}`} {...state('hand_ins')} placeholder={i === 0 ? money(filled[0]!.amount_fen) : '金额'} value={h.amount_fen} onChange={(v) => set(i, { amount_fen: typeof v === 'number' ? v : null })} />
              <Input className="sh-slip" aria-label={`凭条号 ${i + 1}`} {...(filled[i]!.amount_fen > 0 ? state(`hand_ins.${sent(i)}.slip_no`) : {})} placeholder={h.to === 'bank' && slip ? '银行凭条号(必填)' : '凭条号(选填)'} maxLength={64} value={h.slip_no} onChange={(e) => set(i, { slip_no: e.target.value })} />
            </div>
          ))}
          <Button size="small" disabled={hands.length >= 10} onClick={() => setHands([...hands, { to: 'bank', amount_fen: null, slip_no: '' }])}>加一项交款</Button>
          <div className="sh-sum"><span>交款合计</span><MoneyText fen={handed} /></div>
          <div className="sh-sum"><span>留存现金</span><MoneyText fen={counted - handed} /></div>
          {difference !== 0 ? <Input.TextArea aria-label="差额原因" {...state('difference_reason')} placeholder="差额原因(必填)" maxLength={200} value={reason} autoSize={{ minRows: 2, maxRows: 4 }} onChange={(e) => setReason(e.target.value)} /> : null}
          {count.error ? <Alert type="error" showIcon role="alert" title={issues.length > 1 ? `还有 ${issues.length} 处要补` : count.error.message} {...(issues.length > 1 ? { description: <ul className="sh-issues">{issues.map((x) => <li key={x.path}>{x.message}</li>)}</ul> } : {})} /> : null}
          <Button type="primary" block loading={count.running} onClick={async () => { if (await confirm({ title: `交班 ${s.shift_no}?`, content: `实点 ${money(counted)} 元,交款 ${money(handed)} 元,留存 ${money(counted - handed)} 元。交班后不能更改。`, ok: '交班' })) await submit() }}>交班</Button>
        </div>
      </div>
    </section>
  )
}
