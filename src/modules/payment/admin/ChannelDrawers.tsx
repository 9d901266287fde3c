// The configuration of a payment channel. Secrets are typed anew each time: the server never gives them back.
import { Button, Drawer, Form, Input, Select, Switch, type FormInstance } from 'antd'
import type { ReactNode } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { payment } from '../contract.ts'
import type { Channel } from './ChannelsPage.tsx'

interface Given {
  channel: Channel | undefined
  simulation: boolean
  close: () => void
}
interface Common {
  name: string
  simulated?: boolean
  base_url: string
  app_id: string
  notify_base?: string
}
interface WechatValues extends Common {
  mch_id: string
  mch_serial: string
  mch_private_key_pem: string
  api_v3_key: string
  platform_serial: string
  platform_key: string
  way: 'h5' | 'native'
}
interface AlipayValues extends Common {
  seller_id?: string
  app_private_key_pem: string
  alipay_public_key_pem?: string
  app_cert_pem?: string
  alipay_cert_pem?: string
  alipay_root_cert_pem?: string
  way: 'wap' | 'page'
}

function Field({ name, label, secret, area, help, optional }: { name: string; label: string; secret?: boolean; area?: boolean; help?: string; optional?: boolean }) {
  return (
    <Form.Item name={name} label={label} rules={optional ? [] : [{ required: true, message: '必填' }]} extra={help}>
      {area ? <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} spellCheck={false} /> : secret ? <Input.Password autoComplete="off" /> : <Input autoComplete="off" />}
    </Form.Item>
  )
}

function Shell<V>({ given, title, form, initial, submit, error, running, children }: { given: Given; title: string; form: FormInstance<V>; initial: Partial<V>; submit: (v: V) => void; error: string | undefined; running: boolean; children: ReactNode }) {
  return (
    <Drawer open onClose={given.close} title={given.channel ? `修改渠道:${given.channel.name}` : title} size={560} closable={{ 'aria-label': '关闭' }} footer={<div className="hy-form-buttons"><Button onClick={given.close}>取消</Button><Button type="primary" loading={running} onClick={() => form.submit()}>保存</Button></div>}>
      <Form<V> form={form} layout="vertical" onFinish={submit} initialValues={initial as object}>
        {error ? <p role="alert" className="hy-red">{error}</p> : null}
        <Field name="name" label="名称" />
        {given.simulation ? <Form.Item name="simulated" label="模拟渠道(仅样例环境)" valuePropName="checked"><Switch /></Form.Item> : null}
        {children}
        <Field name="notify_base" label="通知域名" optional help="本系统的公网地址,如 https://pay.example.cn;渠道从这里通知到账" />
      </Form>
    </Drawer>
  )
}

const common = (v: Common) => ({ base_url: v.base_url.trim(), app_id: v.app_id.trim(), notify_base: v.notify_base?.trim() || null })

export function WechatDrawer(given: Given) {
  const { channel, close } = given
  const [form] = Form.useForm<WechatValues>()
  const save = useWrite(payment.saveChannel, { in_form: true, done: '已保存,启用后生效' })
  const submit = async (v: WechatValues) => {
    const config = { ...common(v), mch_id: v.mch_id.trim(), mch_serial: v.mch_serial.trim(), mch_private_key_pem: v.mch_private_key_pem, api_v3_key: v.api_v3_key.trim(), platform: [{ serial: v.platform_serial.trim(), public_key_pem: v.platform_key }], way: v.way }
    if (await save.run({ ...(channel ? { channel_id: channel.channel_id } : {}), kind: 'wechat', name: v.name.trim(), simulated: v.simulated ?? false, config })) close()
  }
  const initial: Partial<WechatValues> = { name: channel?.name ?? '微信支付', simulated: channel?.simulated ?? false, base_url: 'https://api.mch.weixin.qq.com', way: 'h5', ...(channel ? { mch_id: channel.mch_id } : {}) }
  return (
    <Shell<WechatValues> given={given} title="新增微信支付渠道" form={form} initial={initial} submit={(v) => void submit(v)} error={save.error?.message} running={save.running}>
      <Field name="base_url" label="接口地址" />
      <Field name="mch_id" label="商户号" />
      <Field name="app_id" label="AppID" />
      <Field name="mch_serial" label="商户证书序列号" />
      <Field name="mch_private_key_pem" label="商户私钥(PEM)" area help="加密保存,不会再显示" />
      <Field name="api_v3_key" label="APIv3 密钥" secret />
      <Field name="platform_serial" label="平台公钥 ID 或证书序列号" />
      <Field name="platform_key" label="平台公钥(PEM)" area />
      <Form.Item name="way" label="业主端支付方式"><Select options={[{ value: 'h5', label: 'H5 页面' }, { value: 'native', label: '扫码' }]} /></Form.Item>
    </Shell>
  )
}

export function AlipayDrawer(given: Given) {
  const { channel, close } = given
  const [form] = Form.useForm<AlipayValues>()
  const save = useWrite(payment.saveChannel, { in_form: true, done: '已保存,启用后生效' })
  const submit = async (v: AlipayValues) => {
    const config = {
      ...common(v), seller_id: v.seller_id?.trim() || null, app_private_key_pem: v.app_private_key_pem, alipay_public_key_pem: v.alipay_public_key_pem?.trim() || null,
      app_cert_pem: v.app_cert_pem?.trim() || null, alipay_cert_pem: v.alipay_cert_pem?.trim() || null, alipay_root_cert_pem: v.alipay_root_cert_pem?.trim() || null, way: v.way,
    }
    if (await save.run({ ...(channel ? { channel_id: channel.channel_id } : {}), kind: 'alipay', name: v.name.trim(), simulated: v.simulated ?? false, config })) close()
  }
  const initial: Partial<AlipayValues> = { name: channel?.name ?? '支付宝', simulated: channel?.simulated ?? false, base_url: 'https://openapi.alipay.com/gateway.do', way: 'wap', ...(channel ? { app_id: channel.mch_id } : {}) }
  return (
    <Shell<AlipayValues> given={given} title="新增支付宝渠道" form={form} initial={initial} submit={(v) => void submit(v)} error={save.error?.message} running={save.running}>
      <Field name="base_url" label="网关地址" />
      <Field name="app_id" label="AppID" />
      <Field name="seller_id" label="卖家支付宝用户号(2088 开头)" optional help="填写后,通知中的收款方必须与它一致" />
      <Field name="app_private_key_pem" label="应用私钥(PEM)" area help="加密保存,不会再显示" />
      <Field name="alipay_public_key_pem" label="支付宝公钥(PEM)" area optional help="公钥模式填这一项;证书模式填下面三份证书" />
      <Field name="app_cert_pem" label="应用公钥证书" area optional />
      <Field name="alipay_cert_pem" label="支付宝公钥证书" area optional />
      <Field name="alipay_root_cert_pem" label="支付宝根证书" area optional />
      <Form.Item name="way" label="业主端支付方式"><Select options={[{ value: 'wap', label: '手机网页' }, { value: 'page', label: '电脑网页' }]} /></Form.Item>
    </Shell>
  )
}
