import { Button, Tag } from 'antd'
import { useState } from 'react'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { payment } from '../contract.ts'
import { words } from '../words.ts'
import { AlipayDrawer, WechatDrawer } from './ChannelDrawers.tsx'

export type Channel = Out<typeof payment.channels.gives>['rows'][number]
type Event = Out<typeof payment.channelEvents.gives>['rows'][number]

export default function ChannelsPage() {
  const may = useMay()
  const channels = useRead(payment.channels, {})
  const set = useWrite(payment.setChannel, { done: (a) => (a.enabled ? '已启用' : '已停用') })
  const [open, setOpen] = useState<Channel | 'wechat' | 'alipay'>()
  const writes = may('payment.channel.write')
  const toggle = async (c: Channel) => {
    const on = c.enabled_at === null
    if (await confirm({ title: on ? `启用「${c.name}」?` : `停用「${c.name}」?`, content: on ? '启用后业主即可用它缴费。' : '停用后不能再发起支付,已发起的订单仍会入账。', ok: on ? '启用' : '停用', danger: !on })) await set.run({ channel_id: c.channel_id, enabled: on }, c.channel_id)
  }
  return (
    <>
      <ReadPage title="支付渠道" loading={channels.loading} error={channels.error} retry={channels.retry} actions={writes ? <><Button type="primary" onClick={() => setOpen('wechat')}>新增微信支付</Button><Button onClick={() => setOpen('alipay')}>新增支付宝</Button></> : null}>
        <div className="hy-stack">
          <RowsTable
            label="支付渠道" rows={channels.data?.rows ?? []} row_key="channel_id" empty="还没有支付渠道,业主暂不能线上缴费"
            columns={[
              { key: 'name', title: '名称', width: 180, show: (c) => <span>{c.name} {c.simulated ? <Tag color="warning">模拟</Tag> : null}</span> },
              { key: 'kind', title: '种类', width: 90, show: (c) => words.states?.['channel_kind']?.[c.kind] ?? c.kind },
              { key: 'mch_id', title: '商户号/AppID', width: 150 },
              { key: 'enabled_at', title: '状态', width: 90, show: (c) => <StateTag value={c.enabled_at ? 'on' : 'off'} words={{ on: '已启用', off: '未启用' }} tones={{ on: 'good' }} /> },
              { key: 'notify_url', title: '通知地址', width: 360 },
              { key: 'act', title: '操作', width: 150, show: (c) => <span className="hy-line"><CanButton size="small" can={c.enabled_at ? c.can.disable : c.can.enable} words={words} loading={set.running} onClick={() => void toggle(c)}>{c.enabled_at ? '停用' : '启用'}</CanButton>{writes && !c.enabled_at ? <Button size="small" onClick={() => setOpen(c)}>修改</Button> : null}</span> },
            ]}
          />
          <h2 style={{ margin: 0 }}>渠道通知</h2>
          <Events />
        </div>
      </ReadPage>
      {open === undefined ? null : (typeof open === 'string' ? open : open.kind) === 'alipay' ? <AlipayDrawer channel={typeof open === 'string' ? undefined : open} simulation={channels.data?.simulation_allowed ?? false} close={() => setOpen(undefined)} /> : <WechatDrawer channel={typeof open === 'string' ? undefined : open} simulation={channels.data?.simulation_allowed ?? false} close={() => setOpen(undefined)} />}
    </>
  )
}

const FILTERS: readonly Filter[] = [{ kind: 'select', name: 'verdict', label: '结论', options: optionsOf(words.states?.['verdict']) }, { kind: 'days', names: ['from_on', 'to_on'], label: '收到日' }]
const COLUMNS: readonly Column<Event>[] = [
  { key: 'received_at', title: '收到时间', width: 150, always: true },
  { key: 'channel_name', title: '渠道', width: 140 },
  { key: 'verdict', title: '结论', width: 100, show: (r) => <StateTag value={r.verdict} words={words.states?.['verdict']} tones={{ accepted: 'good', bad_signature: 'bad', mismatch: 'bad', duplicate: 'plain' }} /> },
  { key: 'note', title: '说明', width: 260 },
  { key: 'event_key', title: '通知号', width: 220 },
  { key: 'body_excerpt', title: '原文', width: 300, hidden: true },
]
function Events() {
  const list = useList(payment.channelEvents, { filters: FILTERS })
  return <ListPage {...list} inside title="渠道通知" name="payment.events" columns={COLUMNS} row_key="event_id" empty={{ text: '没有通知' }} />
}
