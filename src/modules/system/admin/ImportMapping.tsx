// Which column is which field: taken from the titles, changed by hand where the file has its own words.
import { Alert, Button, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { system, type ImportDetail } from '../contract.ts'

export function ImportMapping({ b, done, back }: { b: ImportDetail; done: () => void; back?: (() => void) | undefined }) {
  const [chosen, setChosen] = useState<ReadonlyMap<number, string>>(() => new Map(b.mapping.length ? b.mapping.map((m) => [m.index, m.field]) : b.layout.columns.flatMap((c) => (c.field ? [[c.index, c.field] as const] : []))))
  const [header_row, setHeader] = useState(b.layout.header_row)
  const relay = useWrite(system.relayImport, { invalidates: [system.import] })
  const preview = useWrite(system.previewImport, { in_form: true, invalidates: [system.import] })
  const taken = new Set(chosen.values())
  const missing = b.fields.filter((f) => f.required && !taken.has(f.key))
  const left = b.fields.filter((f) => !f.required && !taken.has(f.key))
  const set = (index: number, field: string | undefined) => {
    const next = new Map([...chosen].filter(([i, f]) => i !== index && f !== field))
    if (field) next.set(index, field)
    setChosen(next)
  }
  const lay = async (sheet_name: string, row?: number) => {
    if (await relay.run({ import_id: b.import_id, sheet_name, ...(row ? { header_row: row } : {}) })) done()
  }
  const run = async () => {
    if (await preview.run({ import_id: b.import_id, sheet_name: b.layout.sheet_name, header_row: b.layout.header_row, mapping: [...chosen].map(([index, field]) => ({ index, field })) })) done()
  }
  return (
    <section className="hy-card hy-stack" aria-label="对应列">
      <div className="hy-line" style={{ flexWrap: 'wrap' }}>
        <label className="hy-line">工作表 <Select aria-label="工作表" style={{ width: 220 }} value={b.layout.sheet_name} loading={relay.running} options={b.layout.sheets.map((s) => ({ value: s.name, label: `${s.name}${s.hidden ? '(隐藏)' : ''}${s.empty ? '(空)' : ''}`, disabled: s.empty }))} onChange={(v: string) => void lay(v)} /></label>
        <label className="hy-line">表头在第 <InputNumber aria-label="表头所在行" style={{ width: 80 }} min={1} max={1000} precision={0} value={header_row} onChange={(v) => setHeader(v ?? 1)} /> 行</label>
        {header_row === b.layout.header_row ? null : <Button loading={relay.running} onClick={() => void lay(b.layout.sheet_name, header_row)}>按这一行重新识别</Button>}
      </div>
      {b.layout.header_found ? null : <Alert type="warning" showIcon title="没有认出表头,请填写表头在第几行" />}
      <RowsTable
        label="列与字段" rows={b.layout.columns.map((c) => ({ ...c, key: String(c.index) }))} row_key="key" empty="这个工作表没有列" height={460}
        columns={[
          { key: 'title', title: '文件中的列', width: 200 },
          {
            key: 'field', title: '对应字段', width: 240,
            show: (c) => <Select aria-label={`「${c.title}」对应字段`} style={{ width: 210 }} allowClear placeholder="不导入" showSearch={{ optionFilterProp: 'label' }} value={chosen.get(c.index) ?? null} options={b.fields.map((f) => ({ value: f.key, label: `${f.zh}${f.required ? ' *' : ''}` }))} onChange={(v: string | undefined) => set(c.index, v)} />,
          },
          { key: 'samples', title: '前几行内容', width: 480, show: (c) => c.samples.filter(Boolean).join(' | ') },
        ]}
      />
      {left.length ? <p className="hy-muted">文件里没有的字段:{left.map((f) => f.zh).join('、')}(可以不管)</p> : null}
      {missing.length ? <Alert type="warning" showIcon title={`还没有指定:${missing.map((f) => f.zh).join('、')}`} /> : null}
      {preview.error ? <Alert type="error" showIcon role="alert" title={preview.error.message} /> : null}
      <div className="hy-line">
        <Button type="primary" disabled={missing.length > 0} {...(missing.length ? { title: `请先指定:${missing.map((f) => f.zh).join('、')}` } : {})} loading={preview.running} onClick={() => void run()}>预览</Button>
        {back ? <Button onClick={back}>返回预览</Button> : null}
      </div>
    </section>
  )
}
