// Channels: the operators' NB-IoT platforms that push to us, and brokers of others to which the gateway subscribes.
import { z } from 'zod'
import { read, write } from '../../kernel/contract.ts'
import { Id, Instant, Needed, Repeatable, Text } from '../../kernel/shapes.ts'

const CHANNEL = 'iot.channel.write'
const State = { line: z.enum(['open', 'closed', 'stopped', 'unknown']).meta({ zh: '线路' }), line_why: z.string().nullable().meta({ zh: '说明' }), heard_at: Instant.nullable().meta({ zh: '最近收到' }), heard_count: z.int().meta({ zh: '收到' }), refused_at: Instant.nullable().meta({ zh: '最近拒收' }), refused_why: z.string().nullable().meta({ zh: '拒收原因' }), refused_count: z.int().meta({ zh: '拒收' }), stopped: z.boolean().meta({ zh: '停用' }), device_count: z.int().meta({ zh: '设备数' }) }
export const OPERATORS = ['ctwing', 'onenet'] as const
export const OperatorRow = z.object({ operator_id: Id, name: z.string().meta({ zh: '名称' }), kind: z.enum(OPERATORS).meta({ zh: '平台' }), ...State })
export type OperatorRow = z.output<typeof OperatorRow>
export const BrokerRow = z.object({ broker_id: Id, name: z.string().meta({ zh: '名称' }), host: z.string().meta({ zh: '主机地址' }), port: z.int().meta({ zh: '端口' }), tls: z.boolean().meta({ zh: '加密连接' }), has_ca: z.boolean(), username: z.string().nullable().meta({ zh: '账号' }), has_password: z.boolean(), prefix: z.string().meta({ zh: '主题前缀' }), ...State })
export type BrokerRow = z.output<typeof BrokerRow>
/** The gateway as it stands; ports as configured for this installation. */
/** The doors for devices over TLS. */
export const TlsState = z.object({ open: z.boolean(), names: z.string().nullable().meta({ zh: '证书名称' }), valid_from: Instant.nullable(), valid_until: Instant.nullable().meta({ zh: '证书有效至' }), why: z.string().nullable().meta({ zh: '说明' }), refused_count: z.int().meta({ zh: '握手未成' }), refused_at: Instant.nullable(), refused_why: z.string().nullable() })
export type TlsState = z.output<typeof TlsState>
const GatewayNow = z.object({ started_at: Instant.nullable().meta({ zh: '启动' }), beat_at: Instant.nullable().meta({ zh: '最近心跳' }), alive: z.boolean(), messages: z.int().meta({ zh: '消息' }), points: z.int().meta({ zh: '采集值' }), events: z.int().meta({ zh: '事件' }), refused: z.int().meta({ zh: '拒收' }), mqtt_address: z.string().nullable().meta({ zh: 'MQTT 地址' }), http_address: z.string().nullable().meta({ zh: 'HTTP 地址' }), mqtts_address: z.string().nullable().meta({ zh: 'MQTT 地址(TLS)' }), https_address: z.string().nullable().meta({ zh: 'HTTP 地址(TLS)' }), tls: TlsState.nullable() })
const Prefix = z.string().trim().regex(/^([A-Za-z0-9_-]{1,40}(\/[A-Za-z0-9_-]{1,40}){0,3})?$/, '前缀用字母、数字、下划线和连字符,可用斜杠分成几级,首尾不带斜杠')
const Host = z.string().trim().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,99}$/, '填 IP 地址或主机名')
/** Shown once: what is to be written into the operator's platform. */
const Told = z.object({ url: z.string().meta({ zh: '推送地址' }), token: z.string().nullable().meta({ zh: 'Token' }) })
export const channelCalls = {
  channels: read({ zh: '网关与接入', may: 'iot.device.read', takes: z.object({}), gives: z.object({ gateway: GatewayNow, operators: z.array(OperatorRow), brokers: z.array(BrokerRow) }) }),
  saveOperator: write({ zh: '保存运营商平台账号', may: CHANNEL, takes: Repeatable.extend({ operator_id: Id.optional(), name: Needed(40).meta({ zh: '名称' }), kind: z.enum(OPERATORS).meta({ zh: '平台' }) }), gives: z.object({ operator_id: Id, told: Told.nullable() }), refuses: ['iot.channel_taken', 'iot.channels_many'] }),
  renewOperator: write({ zh: '重置运营商平台口令', may: CHANNEL, takes: Repeatable.extend({ operator_id: Id }), gives: z.object({ operator_id: Id, told: Told }) }),
  stopOperator: write({ zh: '停用或启用运营商平台账号', may: CHANNEL, takes: Repeatable.extend({ operator_id: Id, stopped: z.boolean() }), gives: z.object({ operator_id: Id }) }),
  saveBroker: write({
    zh: '保存外部 MQTT 服务器', may: CHANNEL,
    /** The password is kept when none is given. */
    takes: Repeatable.extend({ broker_id: Id.optional(), name: Needed(40).meta({ zh: '名称' }), host: Host.meta({ zh: '主机地址' }), port: z.int().min(1).max(65_535).meta({ zh: '端口' }), tls: z.boolean().meta({ zh: '加密连接(TLS)' }), ca: Text(8000).nullable().optional().meta({ zh: 'CA 证书(PEM)' }), username: Text(100).nullable().meta({ zh: '账号' }), password: z.string().max(200).optional().meta({ zh: '口令' }), prefix: Prefix.meta({ zh: '主题前缀' }) }),
    gives: z.object({ broker_id: Id }), refuses: ['iot.channel_taken', 'iot.channels_many', 'iot.ca_wrong'],
  }),
  stopBroker: write({ zh: '停用或启用外部 MQTT 服务器', may: CHANNEL, takes: Repeatable.extend({ broker_id: Id, stopped: z.boolean() }), gives: z.object({ broker_id: Id }) }),
}
