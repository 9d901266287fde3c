// One day of one person: the result with its rule in words, the punches, forgotten punches, and a correction.
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { Facts } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { attendance, type SheetRow } from '../contract.ts'
import { FIX_TONES, PLACE_TONES, halves, hm, said } from '../shown.ts'
import { words } from '../words.ts'

export function DayDrawer({ row, on_day, month, close }: { row: SheetRow; on_day: string; month: string; close: () => void }) {
  const q = useRead(attendance.day, { employee_id: row.employee_id, on_day })
  const may = useMay()
  const [open, setOpen] = useState<'adjust' | 'fix'>()
  const adjust = useWrite(attendance.adjust, { in_form: true, done: '已登记更正' })
  const fix = useWrite(attendance.askFixFor, { in_form: true, done: '已提交审批', invalidates: 'all' })
  const done = (): void => { setOpen(undefined); adjust.reset(); fix.reset() }
  const d = q.data?.day
  return (
    <Drawer open onClose={close} size={680} title={`${row.name} ${on_day}`} extra={q.data && !q.data.closed ? <span className="hy-line">{may('attendance.roster.write') && d?.shift_id ? <Button size="small" onClick={() => setOpen('fix')}>代补卡</Button> : null}{may('attendance.month.write') ? <Button size="small" onClick={() => setOpen('adjust')}>登记更正</Button> : null}</span> : null}>
      {q.error ? <ErrorBlock error={q.error} retry={q.retry} /> : !d || !q.data ? <LoadingBlock /> : (
        <div className="hy-stack">
          <Facts facts={[['结果', d.tags.map((t) => said('tag', t)).join('、')], ['班次', d.shift_text ?? '没有班'], ['上班', d.in_at ? instant(d.in_at) : '—'], ['下班', d.out_at ? instant(d.out_at) : '—'], ['工时', `${hm(d.work_minutes)}(应 ${hm(d.planned_minutes)})`], ['旷工', d.absent_halves ? `${halves(d.absent_halves)} 天` : '—'], ['请假', d.leave_halves ? `${d.leave_names.join('、')} ${halves(d.leave_halves)} 天` : '—'], ['状态', q.data.closed ? '已关账' : '未关账']]} />
          <section><strong>依据</strong><ul>{d.why.map((w) => <li key={w}>{w}</li>)}</ul></section>
          <RowsTable cards label="打卡" row_key="punch_id" empty="没有打卡" rows={q.data.punches} columns={[{ key: 'at', title: '时间', width: 140, show: (r) => instant(r.at) }, { key: 'which', title: '上下班', width: 80, show: (r) => said('which', r.which) || '—' }, { key: 'way', title: '方式', width: 70, show: (r) => said('way', r.way) }, { key: 'place_state', title: '位置', width: 150, show: (r) => <span className="hy-line"><StateTag value={r.place_state} words={words.states!['place']} tones={PLACE_TONES} />{r.place_name}{r.distance_m === null ? '' : ` ${r.distance_m} 米`}</span> }, { key: 'clock', title: '时间依据', width: 120, show: (r) => said('clock', r.clock) }, { key: 'photo', title: '照片', width: 60, show: (r) => (r.has_photo ? <a href={fileUrl(attendance.punchPhoto, { punch_id: r.punch_id })} target="_blank" rel="noreferrer">查看</a> : '') }]} />
          {q.data.fixes.length > 0 ? <RowsTable cards label="补卡" row_key="fix_id" empty="没有" rows={q.data.fixes} columns={[{ key: 'which', title: '补卡', width: 80, show: (r) => said('which', r.which) }, { key: 'at', title: '实际时间', width: 140, show: (r) => instant(r.at) }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states!['fix']} tones={FIX_TONES} /> }, { key: 'reason', title: '原因' }]} /> : null}
          {row.adjustments.filter((a) => a.of_day === on_day).map((a) => <p key={a.adjustment_id}>更正:{said('item', a.item)} {a.change > 0 ? '+' : ''}{a.change},{a.reason}({a.made_by_name} {instant(a.made_at)})</p>)}
        </div>
      )}
      {open === 'adjust' ? <FormDrawer open onClose={done} title={`更正 ${row.name} 的考勤`} call={attendance.adjust} loading={adjust.running} submitError={adjust.error} words={{ item: words.states!['item'] }} fixed={{ employee_id: row.employee_id }} fields={['month', 'of_day', 'item', { name: 'change', help: '分钟;旷工为半天数;减少填负数' }, 'reason']} initial={{ month, of_day: on_day }} onSubmit={async (i) => { if (await adjust.run(i)) done() }} /> : null}
      {open === 'fix' ? <FormDrawer open onClose={done} title={`代 ${row.name} 补卡`} submit="提交审批" call={attendance.askFixFor} loading={fix.running} submitError={fix.error} words={{ which: words.states!['which'] }} fixed={{ employee_id: row.employee_id }} fields={['on_day', 'which', 'on', { name: 'time', placeholder: '08:00' }, 'reason']} initial={{ on_day, on: on_day, which: d?.in_at ? 'out' : 'in' }} onSubmit={async (i) => { if (await fix.run(i)) done() }} /> : null}
    </Drawer>
  )
}
