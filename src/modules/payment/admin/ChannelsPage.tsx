import { Button, Drawer, Form, Input, Select, Switch, Tag } from 'antd'
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

type Channel = Out<typeof payment.channels.gives>['rows'][number]
type Event = Out<typeof payment.channelEvents.gives>['rows'][number]

export default function ChannelsPage() {
  const may = useMay()
  const channels = useRead(payment.channels, {})
  const set = useWrite(payment.setChannel, { done: (a) => (a.enabled ? '已启用' : '已停用') })
  const [open, setOpen] = useState<Channel | 'new'>()
  const writes = may('payment.channel.write')
  const toggle = async (c: Channel) => {
    const on = c.enabled_at === null
    if (await confirm({ title: on ? `启用「${c.name}」?` : `停用「${c.name}」?`, content: on ? '启用后业主即可用它缴费。' : '停用后不能再发起支付,已发起的订单仍会入账。', ok: on ? '启用' : '停用', danger: !on })) await set.run({ channel_id: c.channel_id, enabled: on }, c.channel_id)
  }
  return (
    <>
      <ReadPage title="支付渠道" loading={channels.loading} error={channels.error} retry={channels.retry} actions={writes ? <Button type="primary" onClick={() => setOpen('new')}>新增渠道</Button> : null}>
        <div className="hy-stack">
          <RowsTable
            label="支付渠道" rows={channels.data?.rows ?? []} row_key="channel_id" empty="还没有支付渠道,业主暂不能线上缴费"
            columns={[
              { key: 'name', title: '名称', width: 180, show: (c) => <span>{c.name} {c.simulated ? <Tag color="warning">模拟</Tag> : null}</span> },
              { key: 'mch_id', title: '商户号', width: 140 },
              { key: 'enabled_at', title: '状态', width: 90, show: (c) => <StateTag value={c.enabled_at ? 'on' : 'off'} words={{ on: '已启用', off: '未启用' }} tones={{ on: 'good' }} /> },
              { key: 'notify_url', title: '通知地址', width: 360 },
              { key: 'act', title: '操作', width: 150, show: (c) => <span className="hy-line"><CanButton size="small" can={c.enabled_at ? c.can.disable : c.can.enable} words={words} loading={set.running} onClick={() => void toggle(c)}>{c.enabled_at ? '停用' : '启用'}</CanButton>{writes && !c.enabled_at ? <Button size="small" onClick={() => setOpen(c)}>修改</Button> : null}</span> },
            ]}
          />
          <h2 style={{ margin: 0 }}>渠道通知</h2>
          <Events />
        </div>
      </ReadPage>
      {open ? <ChannelDrawer channel={open === 'new' ? undefined : open} simulation={channels.data?.simulation_allowed ?? false} close={() => setOpen(undefined)} /> : null}
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

interface Values {
  name: string
  simulated: boolean
  base_url: string
  mch_id: string
  app_id: string
  mch_serial: string
  mch_private_key_pem: string
  api_v3_key: string
  platform_serial: string
  platform_key: string
  way: 'h5' | 'native'
  notify_base?: string
}

/** Secrets are typed anew each time: the server never gives them back. */
function ChannelDrawer({ channel, simulation, close }: { channel: Channel | undefined; simulation: boolean; close: () => void }) {
  const [form] = Form.useForm<Values>()
  const save = useWrite(payment.saveChannel, { in_form: true, done: '已保存,启用后生效' })
  const submit = async (v: Values) => {
    const config = {
      base_url: v.base_url.trim(), mch_id: v.mch_id.trim(), app_id: v.app_id.trim(), mch_serial: v.mch_serial.trim(), mch_private_key_pem: v.mch_private_key_pem, api_v3_key: v.api_v3_key.trim(),
      platform: [{ serial: v.platform_serial.trim(), public_key_pem: v.platform_key }], way: v.way, notify_base: v.notify_base?.trim() || null,
    }
    if (await save.run({ ...(channel ? { channel_id: channel.channel_id } : {}), kind: 'wechat', name: v.name.trim(), simulated: v.simulated ?? false, config })) close()
  }
  const text = (name: keyof Values, label: string, o: { secret?: boolean; area?: boolean; help?: string; optional?: boolean } = {}) => (
    <Form.Item name={name} label={label} rules={o.optional ? [] : [{ required: true, message: '必填' }]} extra={o.help}>
      {o.area ? <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} spellCheck={false} /> : o.secret ? <Input.Password autoComplete="off" /> : <Input autoComplete="off" />}
    </Form.Item>
  )
  return (
    <Drawer open onClose={close} title={channel ? `修改渠道:${channel.name}` : '新增微信支付渠道'} size={560} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => form.submit()}>保存</Button></div>}>
      <Form form={form} layout="vertical" onFinish={(v) => void submit(v)} initialValues={{ name: channel?.name ?? '微信支付', mch_id: channel?.mch_id, simulated: channel?.simulated ?? false, base_url: 'https://api.mch.weixin.qq.com', way: 'h5' }}>
        {save.error ? <p role="alert" className="hy-red">{save.error.message}</p> : null}
        {text('name', '名称')}
        {simulation ? <Form.Item name="simulated" label="模拟渠道(仅样例环境)" valuePropName="checked"><Switch /></Form.Item> : null}
        {text('base_url', '接口地址')}
        {text('mch_id', '商户号')}
        {text('app_id', 'AppID')}
        {text('mch_serial', '商户证书序列号')}
        {text('mch_private_key_pem', '商户私钥(PEM)', { area: true, help: '加密保存,不会再显示' })}
        {text('api_v3_key', 'APIv3 密钥', { secret: true })}
        {text('platform_serial', '平台公钥 ID 或证书序列号')}
        {text('platform_key', '平台公钥(PEM)', { area: true })}
        <Form.Item name="way" label="支付方式"><Select options={[{ value: 'h5', label: 'H5 页面' }, { value: 'native', label: '扫码' }]} /></Form.Item>
        {text('notify_base', '通知域名', { optional: true, help: '本系统的公网地址,如 https://pay.example.cn;微信从这里通知到账' })}
      </Form>
    </Drawer>
  )
}
