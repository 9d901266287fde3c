import { Button } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { HousePicker } from '../../people/admin/shared.tsx'
import { meters, type MeterRow } from '../contract.ts'
import { words } from '../words.ts'

const FILTERS: readonly Filter[] = [
  { kind: 'text', name: 'q', label: '关键词', placeholder: '表号、房号' },
  { kind: 'select', name: 'kind', label: '表种', options: optionsOf(words.states?.['meter_kind']) },
  { kind: 'check', name: 'removed', label: '含已拆除' },
]
const COLUMNS: readonly Column<MeterRow>[] = [
  { key: 'no', title: '表号', width: 150, always: true },
  { key: 'kind', title: '表种', width: 90, show: (r) => words.states?.['meter_kind']?.[r.kind] },
  { key: 'house_label', title: '房号', width: 120 },
  { key: 'community_name', title: '小区', width: 120 },
  { key: 'multiplier', title: '倍率', width: 80, align: 'right', show: (r) => r.multiplier.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') },
  { key: 'last_reading', title: '最近读数', width: 110, align: 'right' },
  { key: 'last_read_on', title: '最近抄表日', width: 115 },
  { key: 'installed_on', title: '安装日', width: 110 },
  { key: 'removed_on', title: '状态', width: 90, show: (r) => <StateTag value={r.removed_on ? 'off' : 'on'} words={{ on: '在用', off: '已拆除' }} tones={{ on: 'good' }} /> },
]

export default function MetersPage() {
  const { place_id } = usePlace()
  const writes = useMay()('meters.meter.write')
  const list = useList(meters.meters, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {} })
  const [open, setOpen] = useState<MeterRow | 'new'>()
  const [replacing, setReplacing] = useState<MeterRow>()
  return (
    <>
      <ListPage {...list} title="表计" name="meters.meters" columns={COLUMNS} row_key="meter_id" open={setOpen} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>新增表计</Button> : null} empty={{ text: '还没有表计' }} />
      {open ? <MeterDrawer key={open === 'new' ? 'new' : open.meter_id} m={open === 'new' ? undefined : open} close={() => setOpen(undefined)} replace={(m) => { setOpen(undefined); setReplacing(m) }} /> : null}
      {replacing ? <Replace m={replacing} close={() => setReplacing(undefined)} /> : null}
    </>
  )
}

function MeterDrawer({ m, close, replace }: { m: MeterRow | undefined; close: () => void; replace: (m: MeterRow) => void }) {
  const save = useWrite(meters.saveMeter, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={m ? `表 ${m.no}` : '新增表计'} call={meters.saveMeter} loading={save.running} submitError={save.error} width={560} words={{ kind: words.states?.['meter_kind'] ?? {} }}
      fields={[{ name: 'house_id', label: '房号', control: (c) => <HousePicker {...c} {...(m ? { label: m.house_label } : {})} /> }, { name: 'kind', kind: 'select' }, 'no', { name: 'multiplier', kind: 'decimal' }, { name: 'start_reading', kind: 'decimal' }, 'installed_on']}
      initial={m ? { house_id: m.house_id, kind: m.kind, no: m.no, multiplier: m.multiplier, start_reading: m.start_reading, installed_on: m.installed_on } : { kind: 'water' as const, multiplier: '1', start_reading: '0' }}
      {...(m ? { fixed: { meter_id: m.meter_id }, note: <div className="hy-line" style={{ marginBottom: 12 }}><CanButton size="small" can={m.can.replace} words={words} onClick={() => replace(m)}>换表</CanButton></div> } : {})}
      onSubmit={async (i) => { if (await save.run(i)) close() }}
    >
      {m ? <History meter_id={m.meter_id} /> : null}
    </FormDrawer>
  )
}

function History({ meter_id }: { meter_id: string }) {
  const h = useRead(meters.meterHistory, { meter_id, page: 1, page_size: 24 })
  if (h.error) return <ErrorBlock error={h.error} retry={h.retry} />
  if (h.loading) return <LoadingBlock />
  return <RowsTable label="读数历史" rows={h.data?.rows ?? []} row_key="reading_id" empty="还没有读数" height={260} columns={[{ key: 'period', title: '账期', width: 90 }, { key: 'previous', title: '上次', width: 90 }, { key: 'reading', title: '本次', width: 90 }, { key: 'usage', title: '用量', width: 80 }, { key: 'state', title: '状态', width: 80, show: (r) => words.states?.['reading_state']?.[r.state] }, { key: 'read_on', title: '抄表日', width: 110 }]} />
}

function Replace({ m, close }: { m: MeterRow; close: () => void }) {
  const save = useWrite(meters.replaceMeter, { in_form: true, done: '已换表' })
  return <FormDrawer open onClose={close} title={`换表 ${m.no}`} call={meters.replaceMeter} loading={save.running} submitError={save.error} submit="换表" fields={[{ name: 'on_day', kind: 'day' }, { name: 'last_reading', kind: 'decimal', help: `最近读数 ${m.last_reading ?? m.start_reading}` }, 'new_no', { name: 'new_start_reading', kind: 'decimal' }, { name: 'new_multiplier', kind: 'decimal' }, 'note']} fixed={{ meter_id: m.meter_id }} initial={{ new_start_reading: '0' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
