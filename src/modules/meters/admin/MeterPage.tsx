import { Button, Modal, Tag } from 'antd'
import { useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { useRead } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { Chart } from '../../../ui/Chart.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { EmptyBlock, ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { explainReading } from '../explain.ts'
import { meters } from '../contract.ts'
import { words } from '../words.ts'
import { MeterDrawer, RemoveDrawer, ReplaceDrawer } from './MeterForms.tsx'
import { PhotoLink, plotted, say, short } from './shared.tsx'

type Act = 'write' | 'replace' | 'remove'

export default function MeterPage() {
  const meter_id = useParam('meter_id')
  const go = useGo()
  const file = useRead(meters.meter, { meter_id })
  const [act, setAct] = useState<Act>()
  const m = file.data
  const unit = words.states!['unit']![m?.kind ?? ''] ?? ''
  const close = () => setAct(undefined)
  return (
    <>
      <DetailPage
        title={m ? `${m.house_label} ${say('meter_kind', m.kind)}` : '表计档案'} loading={file.loading} error={file.error} retry={file.retry} back="/meters/meters"
        tags={m ? <><StateTag value={m.removed_on ? 'off' : 'on'} words={{ on: '在用', off: '已拆除' }} tones={{ on: 'good' }} />{m.child_count ? <Tag>总表</Tag> : null}</> : null}
        actions={m ? <><CanButton can={m.can.write} words={words} onClick={() => setAct('write')}>修改</CanButton><CanButton can={m.can.replace} words={words} onClick={() => setAct('replace')}>换表</CanButton><CanButton can={m.can.remove} words={words} danger onClick={() => setAct('remove')}>拆表</CanButton></> : null}
        facts={m ? [
          ['表号', m.no], ['位置', m.house_id ? <Go key="h" to={`/property/houses/${m.house_id}`}>{m.house_label}</Go> : m.house_label], ['小区', m.community_name], ['楼栋', m.building_name], ['倍率', m.multiplier], ['表盘整数位数', m.whole_digits === null ? '未填(不能过零)' : String(m.whole_digits)],
          ['起始读数', m.start_reading === null ? '未知,首次抄表作底数' : short(m.start_reading)], ['安装日', m.installed_on], ['拆除日', m.removed_on], ['上级总表', m.parent_name], ['最近读数', m.last_reading ? `${short(m.last_reading)}(${m.last_read_on})` : '还没有抄过'],
          ['分时计度器', m.registers.map((r) => say('register', r.register)).join('、') || '无'], ...(m.carried !== '0' ? [['待结用量差', m.carried.startsWith('-') ? `少计 ${m.carried.slice(1)} ${unit},下期补收` : `多计 ${m.carried} ${unit},下期扣回`] as const] : []),
        ] : []}
        tabs={m ? [
          { key: 'use', label: '用量', children: () => <Use months={m.months} unit={unit} label={m.house_label} /> },
          { key: 'readings', label: '读数', children: () => <History meter_id={meter_id} /> },
          { key: 'devices', label: '历次设备', badge: m.devices.length > 1 ? m.devices.length : undefined, children: () => <RowsTable label="历次设备" rows={m.devices} row_key="meter_id" empty="没有设备" columns={[{ key: 'no', title: '表号', width: 150, show: (d) => (d.meter_id === m.meter_id ? <strong>{d.no}</strong> : <Go to={`/meters/meters/${d.meter_id}`}>{d.no}</Go>) }, { key: 'multiplier', title: '倍率', width: 80 }, { key: 'start_reading', title: '起数', width: 110, show: (d) => short(d.start_reading) }, { key: 'last_reading', title: '最近或止数', width: 110, show: (d) => short(d.last_reading) }, { key: 'installed_on', title: '安装日', width: 110 }, { key: 'removed_on', title: '拆除日', width: 110 }]} /> },
          ...(m.child_count ? [{ key: 'children', label: '分表', badge: m.child_count, children: () => <Children point_id={m.point_id} /> }] : []),
        ] : []}
      />
      {m && act === 'write' ? <MeterDrawer m={m} use={m.house_id ? 'house' : 'shared'} close={close} /> : null}
      {m && act === 'replace' ? <ReplaceDrawer m={m} close={close} done={(id) => { close(); go(`/meters/meters/${id}`) }} /> : null}
      {m && act === 'remove' ? <RemoveDrawer m={m} close={close} /> : null}
    </>
  )
}

function Use({ months, unit, label }: { months: readonly { period: string; usage: string; estimated: boolean; suspect: boolean }[]; unit: string; label: string }) {
  if (months.length === 0) return <EmptyBlock text="还没有读数" />
  return (
    <div className="hy-stack">
      <Chart label={`${label} 每月用量(${unit})`} x={months.map((x) => x.period)} series={[{ name: `用量(${unit})`, kind: 'bar', values: months.map((x) => plotted(x.usage)) }]} />
      <RowsTable label="每月用量" rows={[...months].reverse()} row_key="period" empty="还没有读数" columns={[{ key: 'period', title: '账期', width: 100 }, { key: 'usage', title: `用量(${unit})`, width: 120, align: 'right' }, { key: 'state', title: '说明', width: 160, show: (x) => [x.estimated ? '含估抄' : '', x.suspect ? '存疑未放行' : ''].filter(Boolean).join(',') || '—' }]} />
    </div>
  )
}

function History({ meter_id }: { meter_id: string }) {
  const h = useRead(meters.meterHistory, { meter_id, page: 1, page_size: 60 })
  const [open, setOpen] = useState<{ reading_id: string; period: string }>()
  if (h.error) return <ErrorBlock error={h.error} retry={h.retry} />
  if (h.loading) return <LoadingBlock />
  return (
    <>
      <RowsTable
        label="读数历史" rows={h.data?.rows ?? []} row_key="reading_id" empty="还没有读数"
        columns={[
          { key: 'period', title: '账期', width: 85 }, { key: 'meter_no', title: '表号', width: 130 }, { key: 'how', title: '计算', width: 260, show: (r) => explainReading({ ...r, reading: r.billed_reading ?? r.reading }) }, { key: 'usage', title: '计费用量', width: 90, align: 'right', show: (r) => short(r.usage) },
          { key: 'parts', title: '分时用量', width: 150, show: (r) => r.parts.map((p) => `${say('register', p.register)} ${short(p.usage)}`).join(' ') || '—' },
          { key: 'carried_out', title: '待结', width: 80, align: 'right', show: (r) => (r.carried_out === '0' ? '—' : r.carried_out) },
          { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={r.state} words={words.states?.['reading_state']} tones={{ good: 'good', suspect: 'warn', corrected: 'busy' }} /> },
          { key: 'source', title: '来源', width: 75, show: (r) => say('source', r.source) }, { key: 'read_on', title: '抄表日', width: 105 }, { key: 'read_by_name', title: '抄表人', width: 90 }, { key: 'note', title: '备注', width: 160 },
          { key: 'act', title: '操作', width: 130, show: (r) => <span className="hy-line">{r.has_photo ? <PhotoLink meter_id={r.meter_id} period={r.period} /> : null}<Button size="small" type="link" onClick={() => setOpen(r)}>更正记录</Button></span> },
        ]}
      />
      {open ? <Changes reading_id={open.reading_id} period={open.period} close={() => setOpen(undefined)} /> : null}
    </>
  )
}

function Changes({ reading_id, period, close }: { reading_id: string; period: string; close: () => void }) {
  const c = useRead(meters.readingChanges, { reading_id })
  return (
    <Modal open title={`${period} 读数的更正记录`} footer={null} onCancel={close} width={760}>
      {c.error ? <ErrorBlock error={c.error} retry={c.retry} /> : c.loading ? <LoadingBlock /> : (
        <RowsTable
          label="更正记录" rows={c.data?.rows ?? []} row_key="change_id" empty="这条读数没有更正过"
          columns={[{ key: 'changed_at', title: '时间', width: 150, show: (r) => instant(r.changed_at) }, { key: 'kind', title: '类别', width: 100, show: (r) => say('change_kind', r.kind) }, { key: 'reading', title: '读数', width: 130, show: (r) => `${r.before_reading} → ${r.after_reading}` }, { key: 'usage', title: '计费用量', width: 120, show: (r) => `${r.before_usage} → ${r.after_usage}` }, { key: 'carried', title: '待结', width: 80 }, { key: 'reason', title: '原因', width: 160 }, { key: 'changed_by_name', title: '操作人', width: 90 }]}
        />
      )}
    </Modal>
  )
}

function Children({ point_id }: { point_id: string }) {
  const c = useRead(meters.meters, { parent_point_id: point_id, removed: false, page_size: 200 })
  if (c.error) return <ErrorBlock error={c.error} retry={c.retry} />
  if (c.loading) return <LoadingBlock />
  return <RowsTable label="分表" rows={c.data?.rows ?? []} row_key="meter_id" empty="没有分表" height={420} columns={[{ key: 'no', title: '表号', width: 150, show: (r) => <Go to={`/meters/meters/${r.meter_id}`}>{r.no}</Go> }, { key: 'house_label', title: '位置', width: 160 }, { key: 'multiplier', title: '倍率', width: 80 }, { key: 'last_reading', title: '最近读数', width: 110, show: (r) => short(r.last_reading) }, { key: 'last_read_on', title: '最近抄表日', width: 115 }]} />
}
