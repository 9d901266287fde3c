// What is done to a reading beyond entering it: correction, correction after the bill, release, estimates.
import { Alert } from 'antd'
import { today } from '../../../kernel/clock.ts'
import { useWrite } from '../../../ui/api.ts'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { meters, type ReadingRow } from '../contract.ts'
import { words } from '../words.ts'
import { RegisterInputs, say, short } from './shared.tsx'

export function Correct({ row, close }: { row: ReadingRow; close: () => void }) {
  const save = useWrite(meters.correctReading, { in_form: true, done: '已更正' })
  const parts = row.parts.filter((p) => p.reading !== null)
  return (
    <FormDrawer
      open onClose={close} title={`更正 ${row.house_label} ${row.period} 读数`} call={meters.correctReading} loading={save.running} submitError={save.error} submit="更正"
      fields={[
        { name: 'reading', kind: 'decimal', help: `上次 ${short(row.previous)},原录 ${short(row.reading)}` },
        ...(row.whole_digits ? [{ name: 'rolled' as const, kind: 'switch' as const }] : []),
        ...(row.parts.length ? [{ name: 'parts' as const, control: (c: object) => <RegisterInputs {...c} registers={row.parts.map((p) => p.register)} previous={Object.fromEntries(row.parts.map((p) => [p.register, p.previous]))} /> }] : []),
        'reason',
      ]}
      fixed={{ reading_id: row.reading_id ?? '' }} initial={{ reading: row.reading ?? '', rolled: row.rolled, ...(parts.length ? { parts: parts.map((p) => ({ register: p.register, reading: p.reading! })) } : {}) }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

export function Settle({ row, close }: { row: ReadingRow; close: () => void }) {
  const save = useWrite(meters.settleReading, { in_form: true, done: (a) => (a.carried_out === '0' ? '已更正,没有差额' : a.carried_out.startsWith('-') ? `已更正,下期补收 ${a.carried_out.slice(1)}` : `已更正,下期扣回 ${a.carried_out}`) })
  return (
    <FormDrawer
      open onClose={close} title={`出账后更正 ${row.house_label} ${row.period}`} call={meters.settleReading} loading={save.running} submitError={save.error} submit="更正,差额下期结清"
      note={<Alert type="info" showIcon style={{ marginBottom: 12 }} title="这期账单保持不变,多计或少计的用量在下一期账单中自动扣回或补收。" />}
      fields={[{ name: 'reading', kind: 'decimal', help: `上次 ${short(row.previous)},出账读数 ${short(row.reading)}` }, 'reason']} fixed={{ reading_id: row.reading_id ?? '' }} initial={{ reading: row.reading ?? '' }} onSubmit={async (i) => { if (await save.run(i)) close() }}
    />
  )
}

export function Release({ row, close }: { row: ReadingRow; close: () => void }) {
  const save = useWrite(meters.confirmReading, { in_form: true, done: '已放行' })
  return (
    <ReasonModal open title={`放行 ${row.house_label} ${row.period} 的读数`} label="核实情况" submit="核实无误,放行" onClose={close} loading={save.running} submitError={save.error} suggestions={['现场复核无误', '业主确认用量', '管道漏水已修']} onConfirm={async (note) => { if (await save.run({ reading_id: row.reading_id ?? '', note })) close() }}>
      <p>{row.doubts.map((d) => say('doubt', d)).join('、')}。上次 {short(row.previous)},本次 {short(row.reading)},用量 {short(row.usage)},平常 {short(row.mean_usage)}。抄表人 {row.read_by_name ?? '—'}。</p>
    </ReasonModal>
  )
}

export function EstimateDrawer({ rows, period, close }: { rows: readonly ReadingRow[]; period: string; close: () => void }) {
  const save = useWrite(meters.estimateReadings, { in_form: true })
  return (
    <FormDrawer
      open onClose={close} title={`估抄 ${rows.length} 块表`} call={meters.estimateReadings} loading={save.running} submitError={save.error} submit="估抄"
      note={<Alert type="info" showIcon style={{ marginBottom: 12 }} title="估抄照常出账;下次实抄时差额自动结清,实抄低于估抄也能录入。" />}
      words={{ rule: words.states?.['estimate_rule'] }}
      fields={[{ name: 'rule', kind: 'select' }, { name: 'mean_of', label: '平均取最近几期', when: (v) => v['rule'] === 'mean' }, { name: 'usage', kind: 'decimal', label: '每块表的用量', when: (v) => v['rule'] === 'fixed' }, { name: 'read_on', kind: 'day' }, 'reason']}
      fixed={{ period, meter_ids: rows.map((r) => r.meter_id) }} initial={{ rule: 'mean', mean_of: 3, read_on: today() }}
      onSubmit={async (i) => {
        const a = await save.run(i)
        if (!a) return
        if (a.left_out.length) toast.warn(`已估抄 ${a.estimated_count} 块;${a.left_out.length} 块没有依据未估:${a.left_out.slice(0, 5).map((x) => `${x.house_label}(${x.why})`).join('、')}`)
        else toast.done(`已估抄 ${a.estimated_count} 块`)
        close()
      }}
    />
  )
}
