package web

func (v *visit) policies() error {
	all, err := v.ask.Policies(v.ctx())
	if err != nil {
		return err
	}
	return v.render("policies", view{Title: text("policies.title"), Nav: "policies", Data: all})
}
