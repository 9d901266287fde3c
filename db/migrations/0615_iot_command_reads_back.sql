-- A command that nothing reads back is over with its answer (IOT-02): whether it is read back is kept with it, as its product said when it was given.
alter table iot.command add column reads_back boolean not null default true;
update iot.command q set reads_back = false from iot.device d join iot.product p on p.company_id = d.company_id and p.product_id = d.product_id
  where d.company_id = q.company_id and d.device_id = q.device_id and jsonb_path_exists(p.model, '$.commands[*] ? (@.key == $key && @.confirm == null)', jsonb_build_object('key', q.command));
comment on column iot.command.reads_back is '应答后再回读一个点位才算确认;否则以应答为结果';
