import type { AdminModule } from '../../../ui/module.ts'

const READ = 'iot.device.read'
export const iotAdmin: AdminModule = {
  menu: [
    { group: '智能设备', label: '设备监控', path: '/iot/devices', needs: READ },
    { group: '智能设备', label: '报警中心', path: '/iot/alarms', needs: READ },
    { group: '智能设备', label: '消防火警', path: '/iot/fires', needs: READ },
    { group: '智能设备', label: '场景', path: '/iot/scenes', needs: READ },
    { group: '智能设备', label: '联动规则', path: '/iot/rules', needs: READ },
    { group: '智能设备', label: '环境监测', path: '/iot/environment', needs: READ },
    { group: '智能设备', label: '能耗分析', path: '/iot/energy', needs: READ },
    { group: '智能设备', label: '数据对比', path: '/iot/compare', needs: READ },
    { group: '智能设备', label: '远传抄表', path: '/iot/remote', needs: READ },
    { group: '智能设备', label: '总线与设备', path: '/iot/buses', needs: READ },
    { group: '智能设备', label: '智能家居平台', path: '/iot/feeds', needs: 'iot.feed.write', whole: true },
    { group: '智能设备', label: '产品模型', path: '/iot/products', needs: READ },
  ],
  routes: [
    { path: '/iot/devices', title: '设备监控', needs: READ, page: () => import('./DevicesPage.tsx'), help: ['每 5 秒刷新;点上方的数只看这一种状态。', '「离线」是超过产品规定的时间没有上报;「未知」是网关刚启动,或所属网关自己离线。', '检修中的设备不报离线;在设备页办理。'] },
    { path: '/iot/devices/$device_id', title: '智能设备', needs: READ, page: () => import('./DevicePage.tsx'), help: ['曲线最多看十年:两天内用原始值,一个月内用每 15 分钟,更长用每天;原始值过了保留期,就用还在的汇总。', '「存疑」的值不进入曲线和抄表:累计值变小、变化过快都会存疑;换表或清零后请点「确认换表或清零」。', '接入地址和账号在「接入」页签;口令只显示一次,忘记请重置。'] },
    { path: '/iot/alarms', title: '报警中心', needs: READ, page: () => import('./AlarmsPage.tsx'), help: ['同一来源同一种类只有一条未处置的报警,再次发生只加次数。', '重要和紧急的报警通知当班人员,过时限无人确认再通知上级。', '联网水表的夜间流量、连续流量、突增、停走和倒走按「用水异常标准」自动检查,点开看曲线。', '「搁置」期间不再通知;提示和一般的报警恢复后自动结束,其余要写处置情况。'] },
    { path: '/iot/alarms/$alarm_id', title: '报警', needs: READ, page: () => import('./AlarmPage.tsx'), help: ['「依据」是触发时的值与限值。', '先确认再处理,处理完写处置情况。'] },
    { path: '/iot/fires', title: '消防火警', needs: READ, page: () => import('./FiresPage.tsx'), help: ['消防主机经用户信息传输装置(GB/T 26875.3)接入;第一个信号即报警并通知值班。', '两个独立信号或手动报警自动确认,立即联动;联动内置,不能关闭。'] },
    { path: '/iot/fires/$fire_id', title: '火警', needs: READ, page: () => import('./FirePage.tsx'), help: ['「联动」列出自动做了什么,「逐台结果」以设备回读为准。', '装置补传或检修中的报警不自动联动,核实后点「确认火警」。', '主机的硬线联动为主,系统不会自动复位。'] },
    { path: '/iot/scenes', title: '场景', needs: READ, page: () => import('./ScenesPage.tsx'), help: ['一个场景是一组设备各自的命令,点「执行」一次发给全部,逐台看结果。', '「已确认」以回读为准;不在线的设备不会发出,也不补发。', '涉及安全的命令和表计通断不能放进场景。'] },
    { path: '/iot/scenes/$scene_id', title: '场景', needs: READ, page: () => import('./ScenePage.tsx'), help: ['「定时」按每天、工作日、休息日或星期,到点自动执行。', '到点时系统没有运行超过 10 分钟,就算错过,不补。'] },
    { path: '/iot/rules', title: '联动规则', needs: READ, page: () => import('./RulesPage.tsx'), help: ['条件成立并持续到规定时间才触发,回到恢复值才算恢复,不会来回跳。', '保存前先「试算」:用最近几天的数据看会触发几次。', '「多台设备组合」把几台设备的条件用并且、或者、没有连起来。', '有「恢复时命令」的规则能把数值控制在限值内:越限时开,回到恢复值时关。', '涉及安全的命令和表计通断不能由规则执行;补传的旧数据不触发。'] },
    { path: '/iot/environment', title: '环境监测', needs: READ, page: () => import('./EnvironmentPage.tsx'), help: ['各处的温度、湿度、二氧化碳、PM2.5 等,每 10 秒刷新;超出范围的标红。', '「设定范围」规定上下限、恢复值和由哪台设备调节,保存后就是两条联动规则。', '上下限都不填即取消;只要报警不要控制,就不选设备。'] },
    { path: '/iot/energy', title: '能耗分析', needs: READ, page: () => import('./EnergyPage.tsx'), help: ['按位置、楼栋、表计或小区看公共用电用水,和上期或去年同期比;点区域看每天。', '费用按该小区按表收费项目的现行单价算;没有单价不显示。', '「能耗指标」规定每月上限,本月照现在的速度会超出时在上方提示。', '「夜间占比」看没有人时的用量,时段在「夜间时段」设定。'] },
    { path: '/iot/compare', title: '数据对比', needs: READ, page: () => import('./ComparePage.tsx'), help: ['选产品和点位,再选几台设备、几栋楼或几个小区放在一张图上。', '「与上期比」整月比上个整月,其余比前面同样长的日子;「与去年同期比」比去年同日。', '累计量(水量、电量)比的是用量,模拟量比的是平均值。'] },
    { path: '/iot/remote', title: '远传抄表', needs: READ, page: () => import('./RemotePage.tsx'), help: ['每月到「取数计划」的时间,把最近的正常采集值作为本账期读数,进入抄表与出账。', '存疑的采集值不取;取不到的三天内每小时再试,仍取不到请手工抄表。', '设备要在登记时对应到表计。'] },
    { path: '/iot/buses', title: '总线与设备', needs: READ, page: () => import('./BusesPage.tsx'), help: ['一条总线是串口服务器的一个端口;协议、时限、轮询周期都在参数里。', '「未应答」是该总线上不在线的设备数,点进去看每个地址的统计。'] },
    { path: '/iot/buses/$bus_id', title: '总线', needs: READ, page: () => import('./BusPage.tsx'), help: ['先「试读」确认线路和表号,再「导入设备清单」。', '连续没有应答的地址会暂停轮询一段时间,不拖累其他表。', '「丢弃」的报文是过了时限才到的,不会当作后一问的答。'] },
    { path: '/iot/feeds', title: '智能家居平台', needs: 'iot.feed.write', whole: true, page: () => import('./FeedsPage.tsx'), help: ['Home Assistant 等平台用这里的账号连接,自动发现一个小区的全部设备。', '默认只看;勾选「可以控制」后,平台的命令与人工命令走同一条路,留下记录。', '通行、涉及安全的命令和表计通断不开放。'] },
    { path: '/iot/products', title: '产品模型', needs: READ, page: () => import('./ProductsPage.tsx'), help: ['一种设备建一个产品:有哪些点位、能执行什么命令、会报什么事件。', '「载入现成产品」给出常用的十几种,可再修改。', '已有数据的点位不能删去或改类型。', '「数据保留」规定原始值留几天、汇总留多久,过期的每小时自动清理。'] },
  ],
}
