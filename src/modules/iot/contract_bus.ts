// Buses and remote reading: the calls.
import { z } from 'zod'
import { download, read, write } from '../../kernel/contract.ts'
import { Day, Id, Month, Needed, Paging, Repeatable, Text, pageOf } from '../../kernel/shapes.ts'
import { MeterKind } from '../meters/contract.ts'
import { BusOne, BusProtocol, BusRow, BusSettings, CredentialIn, ImportRow, ReadPlan, RemoteRow, Serial, Task, TaskAsk } from './shapes_bus.ts'

const READ = 'iot.device.read'
const WRITE = 'iot.bus.write'
const RemoteFilter = z.object({ community_id: Id.optional(), kind: MeterKind.optional(), period: Month.meta({ zh: '账期' }), state: RemoteRow.shape.state.optional(), q: Text(40).optional() })
export type RemoteFilter = z.output<typeof RemoteFilter>
export const busCalls = {
  buses: read({ zh: '总线列表', may: READ, takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(BusRow), /** Of the machine where the gateway runs. */ serial_ports: z.array(z.object({ path: z.string(), name: z.string() })) }) }),
  bus: read({ zh: '总线', may: READ, takes: z.object({ bus_id: Id }), gives: BusOne }),
  saveBus: write({
    zh: '保存总线', may: WRITE,
    takes: Repeatable.extend({ bus_id: Id.optional(), community_id: Id.meta({ zh: '小区' }), name: Needed(30).meta({ zh: '名称' }), protocol: BusProtocol,
      link: z.enum(['tcp', 'serial']).default('tcp').meta({ zh: '线路' }), host: z.string().trim().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,99}$/, '填 IP 地址或主机名').nullable().optional().meta({ zh: '主机地址' }), port: z.int().min(1).max(65_535).nullable().optional().meta({ zh: '端口' }), serial: Serial.nullable().optional().meta({ zh: '本机串口' }), ...BusSettings.shape }),
    gives: z.object({ bus_id: Id }), refuses: ['iot.bus_name_taken', 'iot.bus_protocol_fixed', 'iot.bus_line_missing', 'iot.bus_not_serial', 'iot.serial_taken', 'iot.serial_gone'],
  }),
  stopBus: write({ zh: '停用或启用总线', may: WRITE, takes: Repeatable.extend({ bus_id: Id, stopped: z.boolean() }), gives: z.object({ bus_id: Id }), refuses: ['iot.serial_taken'] }),
  /** Sealed; never given back. */
  setBusCredential: write({ zh: '设定总线操作口令', may: WRITE, takes: Repeatable.extend({ bus_id: Id, ...CredentialIn.shape }), gives: z.object({ bus_id: Id }), refuses: ['iot.credential_none'] }),
  forgetBusCredential: write({ zh: '清除总线操作口令', may: WRITE, takes: Repeatable.extend({ bus_id: Id }), gives: z.object({ bus_id: Id }), refuses: ['iot.credential_none'] }),
  setDeviceCredential: write({ zh: '设定电表操作口令', may: WRITE, takes: Repeatable.extend({ device_id: Id, ...CredentialIn.shape }), gives: z.object({ device_id: Id }), refuses: ['iot.credential_none', 'iot.retired'] }),
  forgetDeviceCredential: write({ zh: '清除电表操作口令', may: WRITE, takes: Repeatable.extend({ device_id: Id }), gives: z.object({ device_id: Id }), refuses: ['iot.credential_none', 'iot.retired'] }),
  /** A list as it hangs in the meter box: one line a device. All or none. */
  importDevices: write({ zh: '导入总线设备', may: WRITE, takes: Repeatable.extend({ bus_id: Id, product_id: Id.meta({ zh: '产品' }), rows: z.array(ImportRow).min(1, '至少一行').max(250, '一次最多 250 行').meta({ zh: '设备清单' }) }), gives: z.object({ added_count: z.int() }), refuses: ['iot.link_differs', 'iot.product_gone', 'iot.import_wrong'] }),
  startTask: write({ zh: '总线试读', may: WRITE, takes: Repeatable.extend({ bus_id: Id, ...TaskAsk.shape }), gives: z.object({ task_id: Id }), refuses: ['iot.bus_stopped', 'iot.task_wrong'] }),
  stopTask: write({ zh: '停止扫描', may: WRITE, takes: Repeatable.extend({ task_id: Id }), gives: z.object({ task_id: Id }) }),
  task: read({ zh: '试读结果', may: WRITE, takes: z.object({ task_id: Id }), gives: Task }),

  readPlans: read({ zh: '远传抄表计划', may: READ, takes: z.object({ community_id: Id.optional() }), gives: z.object({ rows: z.array(ReadPlan) }) }),
  saveReadPlan: write({ zh: '保存远传抄表计划', may: WRITE, takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), kind: MeterKind, from_on: Day.meta({ zh: '生效日' }), day_no: z.int().min(1).max(28).meta({ zh: '每月几日' }), hour_no: z.int().min(0).max(23).meta({ zh: '几点' }), stopped: z.boolean().meta({ zh: '停止取数' }) }), gives: z.object({ plan_id: Id }), refuses: ['iot.plan_past'] }),
  remoteReads: read({ zh: '远传抄表', may: READ, takes: Paging.extend(RemoteFilter.shape), gives: pageOf(RemoteRow).extend({ counts: z.record(RemoteRow.shape.state, z.int()) }) }),
  remoteReadsExcel: download({ zh: '导出远传抄表', may: READ, takes: RemoteFilter, refuses: ['iot.too_many_rows'] }),
  readRemote: write({ zh: '立即取数', may: 'iot.reading.take', takes: Repeatable.extend({ community_id: Id.meta({ zh: '小区' }), kind: MeterKind, period: Month.meta({ zh: '账期' }) }), gives: z.object({ done_count: z.int(), suspect_count: z.int(), failed_count: z.int() }) }),
}
