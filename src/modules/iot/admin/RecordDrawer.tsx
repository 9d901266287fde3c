// 补录: values of one point from a paper log or another system, pasted as lines.
import { Input } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import type { Control } from '../../../ui/fields.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { iot, type Device } from '../contract.ts'

interface Row {
  at: string
  v: number
}
const LINE = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[\sT]+(\d{1,2}):(\d{2})(?::(\d{2}))?[\s,,]+(-?\d+(?:\.\d+)?)$/
const two = (s: string): string => s.padStart(2, '0')
/** A line that cannot be read stays a row, so that it is refused and not left out. */
const rowsOf = (text: string): Row[] => text.split('\n').map((l) => l.trim()).filter((l) => l !== '').map((l) => {
  const m = LINE.exec(l)
  return m ? { at: `${m[1]}-${two(m[2]!)}-${two(m[3]!)}T${two(m[4]!)}:${m[5]}:${m[6] ?? '00'}+08:00`, v: Number(m[7]) } : { at: l.slice(0, 40), v: Number.NaN }
})
export function RecordDrawer({ d, close }: { d: Device; close: () => void }) {
  const save = useWrite(iot.recordSamples, { in_form: true, done: (a) => (a.known_count > 0 ? `已补录 ${a.stored_count} 条;${a.known_count} 条该时间已有数据,没有改动` : `已补录 ${a.stored_count} 条,曲线稍后更新`) })
  return (
    <FormDrawer
      open onClose={close} width={560} title={`${d.name}:补录数据`} submit="补录" call={iot.recordSamples} loading={save.running} submitError={save.error} fixed={{ device_id: d.device_id }} initial={{ point: d.model.points[0]!.key, rows: [], reason: '' }}
      fields={[{ name: 'point', kind: 'select', options: d.model.points.map((p) => ({ value: p.key, label: `${p.name}${p.unit ? `(${p.unit})` : ''}` })) }, { name: 'rows', wide: true, control: (c) => <Lines {...c} /> }, { name: 'reason', placeholder: '如:网关检修期间按抄表记录补录' }]}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    >
      <p className="hy-muted">补录的值标为「替代」,进入曲线、汇总和能耗,不参与报警、联动,也不作为收费读数(收费读数请到「抄表管理」录入)。</p>
    </FormDrawer>
  )
}
function Lines({ onChange, id }: Control) {
  const [rows, setRows] = useState<Row[]>([])
  const bad = rows.findIndex((r) => Number.isNaN(r.v))
  return (
    <div className="hy-stack">
      <Input.TextArea id={id ?? 'rows'} aria-label="数据" autoSize={{ minRows: 8, maxRows: 18 }} placeholder={'每行一个值,从 Excel 复制即可:\n2026-11-20 08:00\t1234.5\n2026-11-20 20:00\t1241.2'} onChange={(e) => { const next = rowsOf(e.target.value); setRows(next); onChange?.(next) }} />
      <span className={bad >= 0 ? 'hy-red' : 'hy-muted'}>{bad >= 0 ? `第 ${bad + 1} 行看不懂,应为「日期 时间 值」` : `已识别 ${rows.length} 行`}</span>
    </div>
  )
}
